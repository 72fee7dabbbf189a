CREATE TABLE "turns" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"holder" text COLLATE "C" NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "url" text COLLATE "C";
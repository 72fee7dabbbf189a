CREATE TABLE `__new_images` (
	`sha256` text PRIMARY KEY NOT NULL,
	`media_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`width` integer,
	`height` integer,
	`thumbhash` blob,
	`archived_at` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `__new_images`("sha256", "media_type", "bytes", "width", "height", "thumbhash", "archived_at") SELECT "sha256", "media_type", "bytes", "width", "height", "thumbhash", "archived_at" FROM `images`;--> statement-breakpoint
DROP TABLE `images`;--> statement-breakpoint
ALTER TABLE `__new_images` RENAME TO `images`;
CREATE TABLE `unused_images` (
	`sha256` text PRIMARY KEY NOT NULL,
	`media_type` text NOT NULL,
	`since` integer NOT NULL,
	`removing_until` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `unused_images_since` ON `unused_images` (`since`);
ALTER TABLE `images` ADD `missing_since` integer;--> statement-breakpoint
CREATE INDEX `images_missing` ON `images` (`sha256`) WHERE "images"."missing_since" IS NOT NULL;
ALTER TABLE `task_images` ADD `link_hash` blob;--> statement-breakpoint
CREATE INDEX `task_images_link` ON `task_images` (`link_hash`) WHERE "task_images"."link_hash" IS NOT NULL;
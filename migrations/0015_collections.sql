CREATE TABLE `collection_tasks` (
	`collection` text NOT NULL,
	`task_id` text NOT NULL,
	`place` integer NOT NULL,
	`added_at` integer NOT NULL,
	PRIMARY KEY(`collection`, `task_id`)
);
--> statement-breakpoint
CREATE INDEX `collection_tasks_place` ON `collection_tasks` (`collection`,`place`);--> statement-breakpoint
CREATE INDEX `collection_tasks_task` ON `collection_tasks` (`task_id`);--> statement-breakpoint
CREATE TABLE `collections` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`folded_name` text NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`user_ids` text DEFAULT '[]' NOT NULL,
	`application_ids` text DEFAULT '[]' NOT NULL,
	`cover` text,
	`link_key` text,
	`link_shows_prompts` integer DEFAULT false NOT NULL,
	`link_created_at` integer,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `collections_link_key_unique` ON `collections` (`link_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `collections_name` ON `collections` (`folded_name`,`user_ids`,`application_ids`);
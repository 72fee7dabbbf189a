CREATE TABLE `saved_searches` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`folded_name` text NOT NULL,
	`query` text NOT NULL,
	`time_zone` text,
	`user_ids` text NOT NULL,
	`application_ids` text NOT NULL,
	`feed_key` text,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`visited_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `saved_searches_feed_key_unique` ON `saved_searches` (`feed_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `saved_searches_name` ON `saved_searches` (`folded_name`,`user_ids`,`application_ids`);
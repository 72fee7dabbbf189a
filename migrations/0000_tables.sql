CREATE TABLE `facts` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `removed` (
	`id` text PRIMARY KEY NOT NULL,
	`request_seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`trigger` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`outcome` text NOT NULL,
	`counts` text NOT NULL,
	`error` text
);
--> statement-breakpoint
CREATE TABLE `tasks` (
	`position` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL,
	`fetched_at` integer NOT NULL,
	`request_seq` integer NOT NULL,
	`hash` blob NOT NULL,
	`prompt_hash` blob NOT NULL,
	`model` text,
	`size` text,
	`action` text,
	`type` text,
	`user_id` text,
	`application_id` text,
	`seed` integer,
	`document` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_id_unique` ON `tasks` (`id`);--> statement-breakpoint
CREATE INDEX `tasks_state` ON `tasks` (`state`);--> statement-breakpoint
CREATE INDEX `tasks_user` ON `tasks` (`user_id`);--> statement-breakpoint
CREATE INDEX `tasks_application` ON `tasks` (`application_id`);--> statement-breakpoint
CREATE TABLE `tracked` (
	`id` text PRIMARY KEY NOT NULL,
	`tracked_at` integer NOT NULL,
	`due_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`unknown_since` integer,
	`last_error` text,
	`gen` integer DEFAULT 0 NOT NULL,
	`claimed_until` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tracked_due` ON `tracked` (`due_at`);
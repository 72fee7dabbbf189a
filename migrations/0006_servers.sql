CREATE TABLE `servers` (
	`name` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`pid` integer NOT NULL,
	`started_at` integer NOT NULL,
	`seen_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `sync_runs` ADD `server` text;--> statement-breakpoint
ALTER TABLE `tracked` ADD `claimed_by` text;
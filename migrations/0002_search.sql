CREATE TABLE `words` (
	`word` text PRIMARY KEY NOT NULL,
	`uses` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `tasks_narrow` ON `tasks` (`position`,`state`,`model`,`size`,`action`,`created_at`);--> statement-breakpoint
CREATE INDEX `tasks_prompt` ON `tasks` (`prompt_hash`,`position`);

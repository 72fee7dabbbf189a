CREATE TABLE `access_tokens` (
	`name` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`user_ids` text NOT NULL,
	`application_ids` text NOT NULL,
	`is_read_only` integer NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);

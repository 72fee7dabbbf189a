CREATE TABLE `finished_tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`finished_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`webhook_id` text NOT NULL,
	`type` text NOT NULL,
	`task_id` text,
	`task_ids` text DEFAULT '[]' NOT NULL,
	`data` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	`queued_at` integer NOT NULL,
	`due_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`delivered_at` integer,
	`last_error` text
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`due_at`) WHERE "webhook_deliveries"."due_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_webhook` ON `webhook_deliveries` (`webhook_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_task` ON `webhook_deliveries` (`task_id`) WHERE "webhook_deliveries"."task_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_created` ON `webhook_deliveries` (`created_at`);--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`secret` text NOT NULL,
	`saved_search_id` text,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhooks_saved_search` ON `webhooks` (`saved_search_id`);--> statement-breakpoint
-- Hand-written from here on: what belongs to a saved search, or to a webhook, goes with it.
CREATE TRIGGER saved_searches_webhooks_deleted AFTER DELETE ON saved_searches BEGIN
	DELETE FROM webhooks WHERE saved_search_id = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER webhooks_deliveries_deleted AFTER DELETE ON webhooks BEGIN
	DELETE FROM webhook_deliveries WHERE webhook_id = old.id;
END;

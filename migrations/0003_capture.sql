CREATE TABLE `callbacks` (
	`key` text PRIMARY KEY NOT NULL,
	`target` text,
	`asked_at` integer NOT NULL,
	`received_at` integer,
	`body` blob,
	`media_type` text,
	`due_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`delivered_at` integer,
	`last_error` text
);
--> statement-breakpoint
CREATE INDEX `callbacks_due` ON `callbacks` (`due_at`) WHERE "callbacks"."due_at" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `images` (
	`sha256` text PRIMARY KEY NOT NULL,
	`media_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`thumbhash` blob NOT NULL,
	`archived_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `task_images` (
	`position` integer NOT NULL,
	`n` integer NOT NULL,
	`sha256` text,
	`added_at` integer NOT NULL,
	`due_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	PRIMARY KEY(`position`, `n`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `task_images_due` ON `task_images` (`due_at`) WHERE "task_images"."due_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `task_images_sha256` ON `task_images` (`sha256`) WHERE "task_images"."sha256" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `task_images_failed` ON `task_images` (`last_error`) WHERE "task_images"."last_error" IS NOT NULL;
--> statement-breakpoint
-- The images of the tasks that are stored already: due at once.
INSERT INTO `task_images` (`position`, `n`, `added_at`, `due_at`)
SELECT position, row_number() OVER (PARTITION BY position ORDER BY place) - 1, unixepoch() * 1000, unixepoch() * 1000
FROM (
	SELECT tasks.position AS position, item.key AS place,
		CASE WHEN item.type = 'object' THEN item.value ->> '$.image_url' END AS url
	FROM tasks, json_each(tasks.document, '$.response.data') AS item
	WHERE tasks.state = 'succeeded' AND json_type(tasks.document, '$.response.data') = 'array'
)
WHERE url LIKE 'http://%' OR url LIKE 'https://%';

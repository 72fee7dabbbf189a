CREATE TABLE `mark_tags` (
	`tag` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`tag`, `position`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `mark_tags_position` ON `mark_tags` (`position`,`tag`);--> statement-breakpoint
CREATE TABLE `marks` (
	`key` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`position` integer,
	`is_starred` integer DEFAULT false NOT NULL,
	`rating` integer DEFAULT 0 NOT NULL,
	`tags` text DEFAULT '[]' NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`is_hidden` integer DEFAULT false NOT NULL,
	`version` integer NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `marks_id_unique` ON `marks` (`id`);--> statement-breakpoint
CREATE INDEX `marks_position` ON `marks` (`position`);--> statement-breakpoint
CREATE INDEX `marks_starred` ON `marks` (`position`) WHERE is_starred = 1;--> statement-breakpoint
CREATE INDEX `marks_hidden` ON `marks` (`position`) WHERE is_hidden = 1;--> statement-breakpoint
CREATE INDEX `marks_rated` ON `marks` (`position`,`rating`) WHERE rating > 0;--> statement-breakpoint
CREATE INDEX `marks_noted` ON `marks` (`position`) WHERE note <> '';--> statement-breakpoint
CREATE TABLE `tag_counts` (
	`tag` text PRIMARY KEY NOT NULL,
	`n` integer NOT NULL,
	`hidden` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE `day_counts` ADD `hidden` integer DEFAULT 0;--> statement-breakpoint
ALTER TABLE `task_counts` ADD `hidden` integer DEFAULT 0;--> statement-breakpoint
-- Hand-written from here on. The words of notes, by marks.key; like prompt_index (0001).
CREATE VIRTUAL TABLE `note_index` USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');
--> statement-breakpoint
-- The marks of a task that is forgotten go first, while its values still say where a hidden task is counted.
CREATE TRIGGER tasks_marks_deleted BEFORE DELETE ON tasks BEGIN
	DELETE FROM marks WHERE id = old.id;
END;
--> statement-breakpoint
-- The triggers of 0011 and 0013 that move a task from one count to another, now with the hidden ones. Marks move later than their task.
DROP TRIGGER tasks_values_updated;--> statement-breakpoint
DROP TRIGGER tasks_day_updated;--> statement-breakpoint
CREATE TRIGGER tasks_values_updated AFTER UPDATE OF service, model, size, action, state, user_id, application_id ON tasks
WHEN old.model IS NOT new.model OR old.size IS NOT new.size OR old.action IS NOT new.action OR old.state IS NOT new.state
	OR old.user_id IS NOT new.user_id OR old.application_id IS NOT new.application_id OR old.service IS NOT new.service
BEGIN
	UPDATE task_counts SET n = n - 1, hidden = hidden - (SELECT count(*) FROM marks WHERE is_hidden = 1 AND position = old.position)
		WHERE service = old.service AND ifnull(model, 0) = ifnull(old.model, 0) AND ifnull(size, 0) = ifnull(old.size, 0)
			AND ifnull(action, 0) = ifnull(old.action, 0) AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0);
	DELETE FROM task_counts
		WHERE service = old.service AND ifnull(model, 0) = ifnull(old.model, 0) AND ifnull(size, 0) = ifnull(old.size, 0)
			AND ifnull(action, 0) = ifnull(old.action, 0) AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0) AND n = 0;
	INSERT INTO task_counts (service, model, size, action, state, user_id, application_id, n, hidden)
		VALUES (new.service, new.model, new.size, new.action, new.state, new.user_id, new.application_id, 1,
			(SELECT count(*) FROM marks WHERE is_hidden = 1 AND position = old.position))
		ON CONFLICT (service, ifnull(model, 0), ifnull(size, 0), ifnull(action, 0), state, ifnull(user_id, 0), ifnull(application_id, 0))
		DO UPDATE SET n = n + 1, hidden = hidden + excluded.hidden;
END;
--> statement-breakpoint
CREATE TRIGGER tasks_day_updated AFTER UPDATE OF created_at, state, user_id, application_id, cost ON tasks
WHEN old.created_at / 86400000 IS NOT new.created_at / 86400000 OR old.state IS NOT new.state
	OR old.user_id IS NOT new.user_id OR old.application_id IS NOT new.application_id OR old.cost IS NOT new.cost
BEGIN
	UPDATE day_counts SET n = n - 1, cost = cost - ifnull(old.cost, 0), hidden = hidden - (SELECT count(*) FROM marks WHERE is_hidden = 1 AND position = old.position)
		WHERE day = old.created_at / 86400000 AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0);
	DELETE FROM day_counts
		WHERE day = old.created_at / 86400000 AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0) AND n = 0;
	INSERT INTO day_counts (day, state, user_id, application_id, n, cost, hidden)
		VALUES (new.created_at / 86400000, new.state, new.user_id, new.application_id, 1, ifnull(new.cost, 0),
			(SELECT count(*) FROM marks WHERE is_hidden = 1 AND position = old.position))
		ON CONFLICT (day, state, ifnull(user_id, 0), ifnull(application_id, 0))
		DO UPDATE SET n = n + 1, cost = cost + excluded.cost, hidden = hidden + excluded.hidden;
END;
--> statement-breakpoint
-- What marks say, counted with the tasks.
CREATE TRIGGER marks_inserted_hidden AFTER INSERT ON marks WHEN new.is_hidden = 1 AND new.position IS NOT NULL BEGIN
	UPDATE task_counts SET hidden = hidden + 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN task_counts AS counts ON counts.service = tasks.service
			AND ifnull(counts.model, 0) = ifnull(tasks.model, 0) AND ifnull(counts.size, 0) = ifnull(tasks.size, 0)
			AND ifnull(counts.action, 0) = ifnull(tasks.action, 0) AND counts.state = tasks.state
			AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = new.position);
	UPDATE day_counts SET hidden = hidden + 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN day_counts AS counts ON counts.day = tasks.created_at / 86400000
			AND counts.state = tasks.state AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = new.position);
END;
--> statement-breakpoint
CREATE TRIGGER marks_hidden AFTER UPDATE OF is_hidden, position ON marks
WHEN new.is_hidden = 1 AND new.position IS NOT NULL AND (old.is_hidden = 0 OR old.position IS NULL) BEGIN
	UPDATE task_counts SET hidden = hidden + 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN task_counts AS counts ON counts.service = tasks.service
			AND ifnull(counts.model, 0) = ifnull(tasks.model, 0) AND ifnull(counts.size, 0) = ifnull(tasks.size, 0)
			AND ifnull(counts.action, 0) = ifnull(tasks.action, 0) AND counts.state = tasks.state
			AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = new.position);
	UPDATE day_counts SET hidden = hidden + 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN day_counts AS counts ON counts.day = tasks.created_at / 86400000
			AND counts.state = tasks.state AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = new.position);
END;
--> statement-breakpoint
CREATE TRIGGER marks_unhidden AFTER UPDATE OF is_hidden, position ON marks
WHEN old.is_hidden = 1 AND old.position IS NOT NULL AND (new.is_hidden = 0 OR new.position IS NULL) BEGIN
	UPDATE task_counts SET hidden = hidden - 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN task_counts AS counts ON counts.service = tasks.service
			AND ifnull(counts.model, 0) = ifnull(tasks.model, 0) AND ifnull(counts.size, 0) = ifnull(tasks.size, 0)
			AND ifnull(counts.action, 0) = ifnull(tasks.action, 0) AND counts.state = tasks.state
			AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = old.position);
	UPDATE day_counts SET hidden = hidden - 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN day_counts AS counts ON counts.day = tasks.created_at / 86400000
			AND counts.state = tasks.state AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = old.position);
END;
--> statement-breakpoint
CREATE TRIGGER marks_deleted_hidden AFTER DELETE ON marks WHEN old.is_hidden = 1 AND old.position IS NOT NULL BEGIN
	UPDATE task_counts SET hidden = hidden - 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN task_counts AS counts ON counts.service = tasks.service
			AND ifnull(counts.model, 0) = ifnull(tasks.model, 0) AND ifnull(counts.size, 0) = ifnull(tasks.size, 0)
			AND ifnull(counts.action, 0) = ifnull(tasks.action, 0) AND counts.state = tasks.state
			AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = old.position);
	UPDATE day_counts SET hidden = hidden - 1 WHERE rowid = (
		SELECT counts.rowid FROM tasks CROSS JOIN day_counts AS counts ON counts.day = tasks.created_at / 86400000
			AND counts.state = tasks.state AND ifnull(counts.user_id, 0) = ifnull(tasks.user_id, 0)
			AND ifnull(counts.application_id, 0) = ifnull(tasks.application_id, 0)
		WHERE tasks.position = old.position);
END;
--> statement-breakpoint
CREATE TRIGGER marks_inserted_tags AFTER INSERT ON marks WHEN new.tags <> '[]' BEGIN
	INSERT INTO mark_tags (tag, position)
		SELECT value, new.position FROM json_each(new.tags) WHERE new.position IS NOT NULL;
	INSERT INTO tag_counts (tag, n, hidden)
		SELECT value, 1, new.is_hidden FROM json_each(new.tags) WHERE new.position IS NOT NULL
		ON CONFLICT (tag) DO UPDATE SET n = n + 1, hidden = hidden + excluded.hidden;
END;
--> statement-breakpoint
CREATE TRIGGER marks_updated_tags AFTER UPDATE OF tags, position, is_hidden ON marks
WHEN (old.tags <> '[]' OR new.tags <> '[]')
	AND (old.tags <> new.tags OR old.position IS NOT new.position OR old.is_hidden <> new.is_hidden) BEGIN
	UPDATE tag_counts SET n = n - 1, hidden = hidden - old.is_hidden
		WHERE old.position IS NOT NULL AND tag IN (SELECT value FROM json_each(old.tags));
	DELETE FROM tag_counts WHERE tag IN (SELECT value FROM json_each(old.tags)) AND n = 0;
	DELETE FROM mark_tags WHERE position = old.position;
	INSERT INTO mark_tags (tag, position)
		SELECT value, new.position FROM json_each(new.tags) WHERE new.position IS NOT NULL;
	INSERT INTO tag_counts (tag, n, hidden)
		SELECT value, 1, new.is_hidden FROM json_each(new.tags) WHERE new.position IS NOT NULL
		ON CONFLICT (tag) DO UPDATE SET n = n + 1, hidden = hidden + excluded.hidden;
END;
--> statement-breakpoint
CREATE TRIGGER marks_deleted_tags AFTER DELETE ON marks WHEN old.tags <> '[]' BEGIN
	UPDATE tag_counts SET n = n - 1, hidden = hidden - old.is_hidden
		WHERE old.position IS NOT NULL AND tag IN (SELECT value FROM json_each(old.tags));
	DELETE FROM tag_counts WHERE tag IN (SELECT value FROM json_each(old.tags)) AND n = 0;
	DELETE FROM mark_tags WHERE position = old.position;
END;
--> statement-breakpoint
CREATE TRIGGER marks_deleted_note AFTER DELETE ON marks WHEN old.note <> '' BEGIN
	DELETE FROM note_index WHERE rowid = old.key;
END;

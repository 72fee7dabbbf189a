ALTER TABLE "task_images" DROP CONSTRAINT "task_images_task_tasks_arrival_fk";
--> statement-breakpoint
ALTER TABLE "prompts" DROP CONSTRAINT "prompts_task_tasks_arrival_fk";
--> statement-breakpoint
-- Hand-written: what these cascades did. Checking the keys took a tenth of the time of storing; only writers that hold the task add rows.
CREATE FUNCTION remove_rows_of_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM prompts WHERE task = ANY (ARRAY(SELECT arrival FROM old_rows));
	DELETE FROM task_images WHERE task = ANY (ARRAY(SELECT arrival FROM old_rows));
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tasks_rows_removed AFTER DELETE ON tasks REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION remove_rows_of_tasks();

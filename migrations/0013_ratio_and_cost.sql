ALTER TABLE `day_counts` ADD `cost` integer DEFAULT 0;--> statement-breakpoint
ALTER TABLE `task_images` ADD `ratio` integer;--> statement-breakpoint
ALTER TABLE `tasks` ADD `cost` integer;--> statement-breakpoint
-- The triggers of 0011 that update day_counts, now with the costs. No row has one yet: documents are re-read behind the start.
DROP TRIGGER tasks_inserted;--> statement-breakpoint
DROP TRIGGER tasks_deleted;--> statement-breakpoint
DROP TRIGGER tasks_day_updated;--> statement-breakpoint
CREATE TRIGGER tasks_inserted AFTER INSERT ON tasks BEGIN
	INSERT INTO task_counts (service, model, size, action, state, user_id, application_id, n)
		VALUES (new.service, new.model, new.size, new.action, new.state, new.user_id, new.application_id, 1)
		ON CONFLICT (service, ifnull(model, 0), ifnull(size, 0), ifnull(action, 0), state, ifnull(user_id, 0), ifnull(application_id, 0))
		DO UPDATE SET n = n + 1;
	INSERT INTO day_counts (day, state, user_id, application_id, n, cost)
		VALUES (new.created_at / 86400000, new.state, new.user_id, new.application_id, 1, ifnull(new.cost, 0))
		ON CONFLICT (day, state, ifnull(user_id, 0), ifnull(application_id, 0))
		DO UPDATE SET n = n + 1, cost = cost + excluded.cost;
END;
--> statement-breakpoint
CREATE TRIGGER tasks_deleted AFTER DELETE ON tasks BEGIN
	UPDATE task_counts SET n = n - 1
		WHERE service = old.service AND ifnull(model, 0) = ifnull(old.model, 0) AND ifnull(size, 0) = ifnull(old.size, 0)
			AND ifnull(action, 0) = ifnull(old.action, 0) AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0);
	DELETE FROM task_counts
		WHERE service = old.service AND ifnull(model, 0) = ifnull(old.model, 0) AND ifnull(size, 0) = ifnull(old.size, 0)
			AND ifnull(action, 0) = ifnull(old.action, 0) AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0) AND n = 0;
	UPDATE day_counts SET n = n - 1, cost = cost - ifnull(old.cost, 0)
		WHERE day = old.created_at / 86400000 AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0);
	DELETE FROM day_counts
		WHERE day = old.created_at / 86400000 AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0) AND n = 0;
END;
--> statement-breakpoint
CREATE TRIGGER tasks_day_updated AFTER UPDATE OF created_at, state, user_id, application_id, cost ON tasks
WHEN old.created_at / 86400000 IS NOT new.created_at / 86400000 OR old.state IS NOT new.state
	OR old.user_id IS NOT new.user_id OR old.application_id IS NOT new.application_id OR old.cost IS NOT new.cost
BEGIN
	UPDATE day_counts SET n = n - 1, cost = cost - ifnull(old.cost, 0)
		WHERE day = old.created_at / 86400000 AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0);
	DELETE FROM day_counts
		WHERE day = old.created_at / 86400000 AND state = old.state
			AND ifnull(user_id, 0) = ifnull(old.user_id, 0) AND ifnull(application_id, 0) = ifnull(old.application_id, 0) AND n = 0;
	INSERT INTO day_counts (day, state, user_id, application_id, n, cost)
		VALUES (new.created_at / 86400000, new.state, new.user_id, new.application_id, 1, ifnull(new.cost, 0))
		ON CONFLICT (day, state, ifnull(user_id, 0), ifnull(application_id, 0))
		DO UPDATE SET n = n + 1, cost = cost + excluded.cost;
END;

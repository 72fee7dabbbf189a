-- Corrected by hand: drizzle-kit writes the collation of arrays at the wrong place, and names the schema "public".
CREATE SEQUENCE "request_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "collection_tasks" (
	"collection" text COLLATE "C" NOT NULL,
	"task_id" text COLLATE "C" NOT NULL,
	"place" bigint NOT NULL,
	"added_at" bigint NOT NULL,
	CONSTRAINT "collection_tasks_collection_task_id_pk" PRIMARY KEY("collection","task_id")
);
--> statement-breakpoint
CREATE TABLE "collections" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"folded_name" text COLLATE "C" NOT NULL,
	"note" text COLLATE "C" DEFAULT '' NOT NULL,
	"user_ids" text COLLATE "C" DEFAULT '[]' NOT NULL,
	"application_ids" text COLLATE "C" DEFAULT '[]' NOT NULL,
	"cover" text COLLATE "C",
	"link_key" text COLLATE "C",
	"link_shows_prompts" boolean DEFAULT false NOT NULL,
	"link_created_at" bigint,
	"created_at" bigint NOT NULL,
	"changed_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "collections_link_key_unique" UNIQUE("link_key")
);
--> statement-breakpoint
CREATE TABLE "saved_searches" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"folded_name" text COLLATE "C" NOT NULL,
	"query" text COLLATE "C" NOT NULL,
	"time_zone" text COLLATE "C",
	"user_ids" text COLLATE "C" NOT NULL,
	"application_ids" text COLLATE "C" NOT NULL,
	"feed_key" text COLLATE "C",
	"version" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"changed_at" bigint NOT NULL,
	"visited_at" bigint NOT NULL,
	CONSTRAINT "saved_searches_feed_key_unique" UNIQUE("feed_key")
);
--> statement-breakpoint
CREATE TABLE "images" (
	"sha256" text COLLATE "C" PRIMARY KEY NOT NULL,
	"media_type" text COLLATE "C" NOT NULL,
	"bytes" bigint NOT NULL,
	"width" bigint,
	"height" bigint,
	"thumbhash" bytea,
	"archived_at" bigint NOT NULL,
	"missing_since" bigint
);
--> statement-breakpoint
CREATE TABLE "task_images" (
	"task" bigint NOT NULL,
	"n" bigint NOT NULL,
	"sha256" text COLLATE "C",
	"added_at" bigint NOT NULL,
	"due_at" bigint,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"last_error" text COLLATE "C",
	"link_hash" bytea NOT NULL,
	"ratio" smallint,
	CONSTRAINT "task_images_task_n_pk" PRIMARY KEY("task","n")
);
--> statement-breakpoint
CREATE TABLE "unused_images" (
	"sha256" text COLLATE "C" PRIMARY KEY NOT NULL,
	"media_type" text COLLATE "C" NOT NULL,
	"since" bigint NOT NULL,
	"removing_until" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mark_tags" (
	"tag" text COLLATE "C" NOT NULL,
	"task" bigint NOT NULL,
	"is_hidden" boolean DEFAULT false NOT NULL,
	CONSTRAINT "mark_tags_tag_task_pk" PRIMARY KEY("tag","task")
);
--> statement-breakpoint
CREATE TABLE "marks" (
	"key" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "marks_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text COLLATE "C" NOT NULL,
	"task" bigint NOT NULL,
	"is_starred" boolean DEFAULT false NOT NULL,
	"rating" bigint DEFAULT 0 NOT NULL,
	"tags" text COLLATE "C" DEFAULT '[]' NOT NULL,
	"note" text COLLATE "C" DEFAULT '' NOT NULL,
	"note_terms" text COLLATE "C" DEFAULT '' NOT NULL,
	"note_words" text COLLATE "C" DEFAULT '' NOT NULL,
	"note_tokens" tsvector DEFAULT '' NOT NULL,
	"is_hidden" boolean DEFAULT false NOT NULL,
	"version" bigint NOT NULL,
	"changed_at" bigint NOT NULL,
	CONSTRAINT "marks_id_unique" UNIQUE("id"),
	CONSTRAINT "marks_task_unique" UNIQUE("task")
);
--> statement-breakpoint
CREATE TABLE "tag_counts" (
	"tag" text COLLATE "C" NOT NULL,
	"n" bigint NOT NULL,
	"hidden" bigint NOT NULL,
	"is_folded" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access_tokens" (
	"arrival" bigint GENERATED ALWAYS AS IDENTITY (sequence name "access_tokens_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"hash" text COLLATE "C" NOT NULL,
	"user_ids" text COLLATE "C" NOT NULL,
	"application_ids" text COLLATE "C" NOT NULL,
	"is_read_only" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"revoked_at" bigint,
	"expires_at" bigint,
	"last_used_at" bigint
);
--> statement-breakpoint
CREATE TABLE "change_counts" (
	"server" text COLLATE "C" NOT NULL,
	"connection" integer NOT NULL,
	"n" bigint NOT NULL,
	CONSTRAINT "change_counts_server_connection_pk" PRIMARY KEY("server","connection")
);
--> statement-breakpoint
CREATE TABLE "fetching" (
	"key" text COLLATE "C" PRIMARY KEY NOT NULL,
	"holder" text COLLATE "C" NOT NULL,
	"until" bigint NOT NULL,
	"answer" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "facts" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"value" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trigger" text COLLATE "C" NOT NULL,
	"started_at" bigint NOT NULL,
	"ended_at" bigint,
	"outcome" text COLLATE "C" NOT NULL,
	"counts" text COLLATE "C" NOT NULL,
	"error" text COLLATE "C",
	"server" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "servers" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"version" text COLLATE "C" NOT NULL,
	"host" text COLLATE "C" NOT NULL,
	"pid" integer NOT NULL,
	"started_at" bigint NOT NULL,
	"seen_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prompts" (
	"task" bigint PRIMARY KEY NOT NULL,
	"created_at" bigint NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"terms" text COLLATE "C" NOT NULL,
	"words" text COLLATE "C" NOT NULL,
	"tokens" tsvector NOT NULL,
	"terms_version" smallint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "words" (
	"word" text COLLATE "C" PRIMARY KEY NOT NULL,
	"uses" bigint DEFAULT 0 NOT NULL,
	"bigrams" text[] COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "day_counts" (
	"day" bigint NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"user_id" text COLLATE "C",
	"application_id" text COLLATE "C",
	"n" bigint NOT NULL,
	"cost" bigint NOT NULL,
	"hidden" bigint NOT NULL,
	"is_folded" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "removed" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"request_seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "task_counts" (
	"service" text COLLATE "C" NOT NULL,
	"model" text COLLATE "C",
	"size" text COLLATE "C",
	"action" text COLLATE "C",
	"state" text COLLATE "C" NOT NULL,
	"user_id" text COLLATE "C",
	"application_id" text COLLATE "C",
	"n" bigint NOT NULL,
	"hidden" bigint NOT NULL,
	"is_folded" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"arrival" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tasks_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"created_at" bigint NOT NULL,
	"fetched_at" bigint NOT NULL,
	"request_seq" bigint NOT NULL,
	"hash" bytea NOT NULL,
	"prompt_hash" bytea NOT NULL,
	"service" text COLLATE "C" DEFAULT 'flux' NOT NULL,
	"model" text COLLATE "C",
	"size" text COLLATE "C",
	"action" text COLLATE "C",
	"type" text COLLATE "C",
	"user_id" text COLLATE "C",
	"application_id" text COLLATE "C",
	"seed" text COLLATE "C",
	"cost" bigint,
	"is_hidden" boolean DEFAULT false NOT NULL,
	"reading_version" bigint NOT NULL,
	"document" text COLLATE "C" NOT NULL,
	CONSTRAINT "tasks_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "tracked" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"tracked_at" bigint NOT NULL,
	"due_at" bigint,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"unknown_since" bigint,
	"last_error" text COLLATE "C",
	"claim_version" bigint DEFAULT 0 NOT NULL,
	"claimed_until" bigint DEFAULT 0 NOT NULL,
	"claimed_by" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "callbacks" (
	"key" text COLLATE "C" PRIMARY KEY NOT NULL,
	"target" text COLLATE "C",
	"task_id" text COLLATE "C",
	"asked_at" bigint NOT NULL,
	"received_at" bigint,
	"body" bytea,
	"media_type" text COLLATE "C",
	"due_at" bigint,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"delivered_at" bigint,
	"last_error" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "finished_tasks" (
	"arrival" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "finished_tasks_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text COLLATE "C" NOT NULL,
	"finished_at" bigint NOT NULL,
	CONSTRAINT "finished_tasks_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"arrival" bigint GENERATED ALWAYS AS IDENTITY (sequence name "webhook_deliveries_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"webhook_id" text COLLATE "C" NOT NULL,
	"type" text COLLATE "C" NOT NULL,
	"task_id" text COLLATE "C",
	"task_ids" text COLLATE "C" DEFAULT '[]' NOT NULL,
	"data" text COLLATE "C" DEFAULT '{}' NOT NULL,
	"created_at" bigint NOT NULL,
	"queued_at" bigint NOT NULL,
	"due_at" bigint,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"delivered_at" bigint,
	"last_error" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"url" text COLLATE "C" NOT NULL,
	"secret" text COLLATE "C" NOT NULL,
	"saved_search_id" text COLLATE "C",
	"version" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"changed_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "collection_tasks" ADD CONSTRAINT "collection_tasks_collection_collections_id_fk" FOREIGN KEY ("collection") REFERENCES "collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_images" ADD CONSTRAINT "task_images_task_tasks_arrival_fk" FOREIGN KEY ("task") REFERENCES "tasks"("arrival") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mark_tags" ADD CONSTRAINT "mark_tags_task_tasks_arrival_fk" FOREIGN KEY ("task") REFERENCES "tasks"("arrival") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "marks" ADD CONSTRAINT "marks_task_tasks_arrival_fk" FOREIGN KEY ("task") REFERENCES "tasks"("arrival") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prompts" ADD CONSTRAINT "prompts_task_tasks_arrival_fk" FOREIGN KEY ("task") REFERENCES "tasks"("arrival") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_saved_search_id_saved_searches_id_fk" FOREIGN KEY ("saved_search_id") REFERENCES "saved_searches"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "collection_tasks_place" ON "collection_tasks" USING btree ("collection","place");--> statement-breakpoint
CREATE INDEX "collection_tasks_task" ON "collection_tasks" USING btree ("task_id");--> statement-breakpoint
CREATE UNIQUE INDEX "collections_name" ON "collections" USING btree ("folded_name","user_ids","application_ids");--> statement-breakpoint
CREATE UNIQUE INDEX "saved_searches_name" ON "saved_searches" USING btree ("folded_name","user_ids","application_ids");--> statement-breakpoint
CREATE INDEX "images_missing" ON "images" USING btree ("sha256") WHERE "images"."missing_since" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "task_images_due" ON "task_images" USING btree (("attempts" > 0),"due_at" DESC NULLS FIRST) WHERE "task_images"."due_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "task_images_sha256" ON "task_images" USING btree ("sha256") WHERE "task_images"."sha256" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "task_images_failed" ON "task_images" USING btree ("last_error") WHERE "task_images"."last_error" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "task_images_link" ON "task_images" USING btree ("link_hash");--> statement-breakpoint
CREATE INDEX "unused_images_since" ON "unused_images" USING btree ("since");--> statement-breakpoint
CREATE INDEX "mark_tags_task" ON "mark_tags" USING btree ("task","tag");--> statement-breakpoint
CREATE INDEX "marks_rated" ON "marks" USING btree ("rating","task") WHERE "marks"."rating" > 0;--> statement-breakpoint
CREATE INDEX "marks_note" ON "marks" USING gin ("note_tokens") WHERE "marks"."note" <> '';--> statement-breakpoint
CREATE INDEX "tag_counts_tag" ON "tag_counts" USING btree ("tag");--> statement-breakpoint
CREATE INDEX "tag_counts_folded" ON "tag_counts" USING btree ("is_folded");--> statement-breakpoint
CREATE INDEX "sync_runs_running" ON "sync_runs" USING btree ("server") WHERE "sync_runs"."outcome" = 'running';--> statement-breakpoint
CREATE INDEX "prompts_time" ON "prompts" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "prompts_tokens" ON "prompts" USING gin ("tokens") WITH (gin_pending_list_limit=256);--> statement-breakpoint
CREATE INDEX "prompts_version" ON "prompts" USING btree ("terms_version","created_at");--> statement-breakpoint
CREATE INDEX "words_letter" ON "words" USING btree (left("word", 1),char_length("word"));--> statement-breakpoint
CREATE INDEX "words_bigrams" ON "words" USING gin ("bigrams");--> statement-breakpoint
CREATE INDEX "day_counts_day" ON "day_counts" USING btree ("day");--> statement-breakpoint
CREATE INDEX "day_counts_folded" ON "day_counts" USING btree ("is_folded");--> statement-breakpoint
CREATE INDEX "day_counts_user" ON "day_counts" USING btree ("user_id","day");--> statement-breakpoint
CREATE INDEX "day_counts_application" ON "day_counts" USING btree ("application_id","day");--> statement-breakpoint
CREATE INDEX "task_counts_folded" ON "task_counts" USING btree ("is_folded");--> statement-breakpoint
CREATE INDEX "task_counts_user" ON "task_counts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "task_counts_application" ON "task_counts" USING btree ("application_id");--> statement-breakpoint
CREATE INDEX "tasks_time" ON "tasks" USING btree ("created_at","arrival");--> statement-breakpoint
CREATE INDEX "tasks_prompt" ON "tasks" USING btree ("prompt_hash","created_at");--> statement-breakpoint
CREATE INDEX "tasks_user" ON "tasks" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "tasks_application" ON "tasks" USING btree ("application_id","created_at");--> statement-breakpoint
CREATE INDEX "tasks_reading" ON "tasks" USING btree ("reading_version","created_at");--> statement-breakpoint
CREATE INDEX "tracked_due" ON "tracked" USING btree ("due_at","id");--> statement-breakpoint
CREATE INDEX "callbacks_due" ON "callbacks" USING btree ("due_at") WHERE "callbacks"."due_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "callbacks_asked" ON "callbacks" USING btree ("asked_at") WHERE "callbacks"."due_at" IS NULL;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("due_at") WHERE "webhook_deliveries"."due_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_webhook" ON "webhook_deliveries" USING btree ("webhook_id","created_at","arrival");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_task" ON "webhook_deliveries" USING btree ("task_id") WHERE "webhook_deliveries"."task_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_created" ON "webhook_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhooks_saved_search" ON "webhooks" USING btree ("saved_search_id");--> statement-breakpoint
-- Hand-written from here on: what counts tasks and tags. Each statement appends what it has changed, see counts.ts.
CREATE FUNCTION count_inserted_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO task_counts (service, model, size, action, state, user_id, application_id, n, hidden)
		SELECT service, model, size, action, state, user_id, application_id, count(*), count(*) FILTER (WHERE is_hidden)
		FROM new_rows GROUP BY 1, 2, 3, 4, 5, 6, 7;
	INSERT INTO day_counts (day, state, user_id, application_id, n, cost, hidden)
		SELECT created_at / 86400000, state, user_id, application_id, count(*), coalesce(sum(cost), 0),
			count(*) FILTER (WHERE is_hidden)
		FROM new_rows GROUP BY 1, 2, 3, 4;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION count_deleted_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO task_counts (service, model, size, action, state, user_id, application_id, n, hidden)
		SELECT service, model, size, action, state, user_id, application_id, -count(*), -count(*) FILTER (WHERE is_hidden)
		FROM old_rows GROUP BY 1, 2, 3, 4, 5, 6, 7;
	INSERT INTO day_counts (day, state, user_id, application_id, n, cost, hidden)
		SELECT created_at / 86400000, state, user_id, application_id, -count(*), -coalesce(sum(cost), 0),
			-count(*) FILTER (WHERE is_hidden)
		FROM old_rows GROUP BY 1, 2, 3, 4;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION count_updated_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO task_counts (service, model, size, action, state, user_id, application_id, n, hidden)
		SELECT service, model, size, action, state, user_id, application_id, sum(n), coalesce(sum(n) FILTER (WHERE is_hidden), 0)
		FROM (
			SELECT service, model, size, action, state, user_id, application_id, is_hidden, -1 AS n FROM old_rows
			UNION ALL
			SELECT service, model, size, action, state, user_id, application_id, is_hidden, 1 FROM new_rows
		) AS changed GROUP BY 1, 2, 3, 4, 5, 6, 7
		HAVING sum(n) <> 0 OR coalesce(sum(n) FILTER (WHERE is_hidden), 0) <> 0;
	INSERT INTO day_counts (day, state, user_id, application_id, n, cost, hidden)
		SELECT created_at / 86400000, state, user_id, application_id, sum(n), coalesce(sum(n * cost), 0),
			coalesce(sum(n) FILTER (WHERE is_hidden), 0)
		FROM (
			SELECT created_at, state, user_id, application_id, cost, is_hidden, -1 AS n FROM old_rows
			UNION ALL
			SELECT created_at, state, user_id, application_id, cost, is_hidden, 1 FROM new_rows
		) AS changed GROUP BY 1, 2, 3, 4
		HAVING sum(n) <> 0 OR coalesce(sum(n * cost), 0) <> 0 OR coalesce(sum(n) FILTER (WHERE is_hidden), 0) <> 0;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tasks_inserted AFTER INSERT ON tasks REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION count_inserted_tasks();
--> statement-breakpoint
CREATE TRIGGER tasks_deleted AFTER DELETE ON tasks REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_tasks();
--> statement-breakpoint
CREATE TRIGGER tasks_updated AFTER UPDATE ON tasks REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION count_updated_tasks();
--> statement-breakpoint
CREATE FUNCTION count_inserted_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tag_counts (tag, n, hidden)
		SELECT tag, count(*), count(*) FILTER (WHERE is_hidden) FROM new_rows GROUP BY 1;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION count_deleted_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tag_counts (tag, n, hidden)
		SELECT tag, -count(*), -count(*) FILTER (WHERE is_hidden) FROM old_rows GROUP BY 1;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION count_updated_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tag_counts (tag, n, hidden)
		SELECT tag, sum(n), coalesce(sum(n) FILTER (WHERE is_hidden), 0)
		FROM (SELECT tag, is_hidden, -1 AS n FROM old_rows UNION ALL SELECT tag, is_hidden, 1 FROM new_rows) AS changed
		GROUP BY 1 HAVING sum(n) <> 0 OR coalesce(sum(n) FILTER (WHERE is_hidden), 0) <> 0;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER mark_tags_inserted AFTER INSERT ON mark_tags REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION count_inserted_tags();
--> statement-breakpoint
CREATE TRIGGER mark_tags_deleted AFTER DELETE ON mark_tags REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_tags();
--> statement-breakpoint
CREATE TRIGGER mark_tags_updated AFTER UPDATE ON mark_tags REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION count_updated_tags();
--> statement-breakpoint
-- Whether a prompt has some terms one after the other, and behind them a word that begins so (see src/store/postgres/search/index-entry.ts).
CREATE FUNCTION has_term_run(terms text, words text, run text[], prefix text) RETURNS boolean
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
	term_at text[] := string_to_array(terms, ' ');
	word_at text[] := string_to_array(words, ' ');
	length int := cardinality(run);
	is_match boolean;
BEGIN
	FOR at IN 1 .. cardinality(term_at) - length LOOP
		is_match := term_at[at] = run[1] AND starts_with(word_at[at + length], prefix);
		FOR n IN 2 .. length LOOP
			EXIT WHEN NOT is_match;
			is_match := term_at[at + n - 1] = run[n];
		END LOOP;
		IF is_match THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END $$;

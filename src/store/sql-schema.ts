import type { SqlClient } from './sql.ts'

/** Each runs once, in order; one that has been released is never changed. */
const migrations = [
  `CREATE TABLE bridge.setting (name text PRIMARY KEY, value text NOT NULL);

   CREATE TABLE bridge.interview (
     person text PRIMARY KEY,
     intent_at bigint,
     name_words jsonb,
     interview jsonb,
     touched_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE INDEX interview_touched ON bridge.interview (touched_at);

   CREATE TABLE bridge.write_back (
     connection text NOT NULL,
     application_id text NOT NULL,
     route_id text NOT NULL,
     target text NOT NULL,
     intent_at bigint,
     done_at bigint,
     touched_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (connection, application_id, route_id, target)
   );
   CREATE INDEX write_back_touched ON bridge.write_back (touched_at);

   CREATE TABLE bridge.lease (name text PRIMARY KEY, token text NOT NULL, expires_at timestamptz NOT NULL);
   CREATE TABLE bridge.cache (name text PRIMARY KEY, value text NOT NULL, expires_at timestamptz NOT NULL);

   CREATE TABLE bridge.delivery (
     id text COLLATE "C" PRIMARY KEY,
     delivery jsonb NOT NULL,
     connection text NOT NULL GENERATED ALWAYS AS (delivery ->> 'connection') STORED,
     application_id text NOT NULL GENERATED ALWAYS AS (delivery ->> 'applicationId') STORED,
     candidate_id text NOT NULL GENERATED ALWAYS AS (delivery ->> 'candidateId') STORED,
     received_at bigint NOT NULL GENERATED ALWAYS AS ((delivery ->> 'receivedAt')::bigint) STORED,
     announced boolean NOT NULL,
     state text NOT NULL,
     reason text,
     attempts integer NOT NULL DEFAULT 0,
     next_attempt_at bigint,
     updated_at bigint NOT NULL,
     person text,
     run integer NOT NULL DEFAULT 0,
     unfinished integer NOT NULL DEFAULT 0,
     round integer NOT NULL DEFAULT 0,
     round_started_at bigint,
     refused_since bigint,
     due_at bigint,
     ended_at bigint,
     timeline jsonb NOT NULL
   );
   CREATE INDEX delivery_newest ON bridge.delivery (received_at DESC, id DESC);
   CREATE INDEX delivery_newest_by_state ON bridge.delivery (state, received_at DESC, id DESC);
   CREATE INDEX delivery_application ON bridge.delivery (application_id);
   CREATE INDEX delivery_candidate ON bridge.delivery (candidate_id);
   CREATE INDEX delivery_due ON bridge.delivery (due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX delivery_ended ON bridge.delivery (ended_at) WHERE ended_at IS NOT NULL;

   CREATE FUNCTION bridge.appended(timeline jsonb, entries jsonb, head integer, tail integer) RETURNS jsonb
   LANGUAGE sql IMMUTABLE AS $$
     SELECT coalesce(jsonb_agg(entry ORDER BY place), '[]'::jsonb)
     FROM jsonb_array_elements(timeline || entries) WITH ORDINALITY AS line (entry, place)
     WHERE place <= head OR place > jsonb_array_length(timeline || entries) - tail
   $$;`,

  `CREATE TABLE bridge.subject (
     key text PRIMARY KEY,
     erased_at timestamptz,
     merged_into text,
     touched_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE INDEX subject_touched ON bridge.subject (touched_at);
   CREATE INDEX subject_merged_into ON bridge.subject (merged_into) WHERE merged_into IS NOT NULL;

   CREATE TABLE bridge.interviewed (
     candidate text NOT NULL,
     application text NOT NULL,
     interviewer text NOT NULL,
     person text NOT NULL,
     touched_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (candidate, application, interviewer, person)
   );
   CREATE INDEX interviewed_application ON bridge.interviewed (application);
   CREATE INDEX interviewed_person ON bridge.interviewed (person);
   CREATE INDEX interviewed_touched ON bridge.interviewed (touched_at);

   ALTER TABLE bridge.write_back ADD COLUMN candidate text, ADD COLUMN application text;
   CREATE INDEX write_back_candidate ON bridge.write_back (candidate);
   CREATE INDEX write_back_application ON bridge.write_back (application);`,

  `CREATE TABLE bridge.webhook (
     id text COLLATE "C" PRIMARY KEY,
     webhook jsonb NOT NULL,
     outcome text NOT NULL GENERATED ALWAYS AS (webhook ->> 'outcome') STORED,
     at bigint NOT NULL GENERATED ALWAYS AS ((webhook ->> 'at')::bigint) STORED
   );
   CREATE INDEX webhook_newest ON bridge.webhook (outcome, at DESC, id DESC);`,

  `ALTER TABLE bridge.delivery ADD COLUMN limited_since bigint,
     ADD COLUMN merged boolean NOT NULL DEFAULT false`,
]

/**
 * Brings the schema `bridge` up to date.
 * @param session one session of the database, not a pool, and the only one that migrates
 */
export async function migrateBridge(session: SqlClient): Promise<void> {
  await session.query('BEGIN')
  try {
    await session.query('CREATE SCHEMA IF NOT EXISTS bridge')
    await session.query('CREATE TABLE IF NOT EXISTS bridge.migration (version integer PRIMARY KEY)')
    const { rows } = await session.query('SELECT coalesce(max(version), 0) AS version FROM bridge.migration')
    const done = Number(rows[0]?.['version'])
    for (const [index, statements] of migrations.entries()) {
      if (index < done) continue
      await session.query(statements)
      await session.query('INSERT INTO bridge.migration (version) VALUES ($1::int)', [index + 1])
    }
    await session.query('COMMIT')
  } catch (error) {
    await session.query('ROLLBACK')
    throw error
  }
}

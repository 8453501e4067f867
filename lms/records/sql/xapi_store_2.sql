CREATE FUNCTION xapi_store(
    ids uuid[], targets uuid[], voidings boolean[], heads text[], middles text[], tails text[], credential uuid,
    places integer[], mentions uuid[], directs boolean[]
) RETURNS SETOF uuid LANGUAGE plpgsql
-- plans made while the tables were small must not be kept when they have grown
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
-- Stores a batch, all or nothing, at the database's own clock. Returns nothing when it did so; otherwise the ids that
-- were there already, and then nothing was stored. The n-th statement of a batch is n - 1 microseconds after the first.
-- Expressions rather than PERFORM and sub-selects where one will do: PL/pgSQL evaluates those without the executor.
DECLARE
    refers boolean := cardinality(array_remove(targets, NULL)) > 0;
    opens boolean;
    form CONSTANT text := 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
    said text;
    number text;
    first bigint;
    seqs bigint[];
    added bigint;
    -- so far a statement is found through those it refers to, and so many that waited for these are (docs/decisions, "What storing may cost")
    levels CONSTANT integer := 16;
    most CONSTANT integer := 11 * cardinality(ids) + 10000;
    referring uuid[] := ids;
    near uuid[];
    level integer := 0;
BEGIN
    -- nobody stores a statement unseen while another that may refer to it is being stored
    IF refers THEN
        number := pg_advisory_xact_lock(7207101);
    ELSE
        number := pg_advisory_xact_lock_shared(7207101);
    END IF;
    SELECT credential IS NULL OR EXISTS (
               SELECT FROM xapi_credentials c
               WHERE c.id = credential AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())
           ),
           refers OR EXISTS (SELECT FROM statements r WHERE r.target_id = ANY(ids))
    INTO opens, refers;
    IF NOT opens THEN
        RAISE EXCEPTION 'this credential opens nothing any more' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF cardinality(ids) > 1 THEN
        RETURN QUERY SELECT s.id FROM statements s WHERE s.id = ANY(ids);
        IF FOUND THEN RETURN; END IF;
    END IF;
    number := pg_current_xact_id();  -- before the clock is read: see Consistent-Through in lms/records/access.py
    first := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    IF cardinality(ids) = 1 THEN  -- the same as below, at two thirds of its cost
        seqs := ARRAY[(first << 10) | (nextval('statements_place') & 1023)];
        said := to_char(to_timestamp(0) AT TIME ZONE 'UTC' + first * interval '1 microsecond', form);
        INSERT INTO statements (seq, id, target_id, voiding, credential_id, raw)
        VALUES (seqs[1], ids[1], targets[1], voidings[1], credential,
                heads[1] || said || coalesce(middles[1] || said, '') || tails[1])
        ON CONFLICT (id) DO NOTHING;
        IF NOT FOUND THEN
            RETURN NEXT ids[1];
            RETURN;
        END IF;
    ELSE
        seqs := ARRAY(
            SELECT ((first + n - 1) << 10) | (nextval('statements_place') & 1023)
            FROM generate_series(1, cardinality(ids)) AS n ORDER BY n
        );
        INSERT INTO statements (seq, id, target_id, voiding, credential_id, raw)
        SELECT seqs[n.place], n.id, n.target, n.voiding, credential,
               n.head || n.said || coalesce(n.middle || n.said, '') || n.tail
        FROM (
            SELECT u.*, to_char(to_timestamp(0) AT TIME ZONE 'UTC' + (first + u.place - 1) * interval '1 microsecond',
                                form) AS said
            FROM unnest(ids, targets, voidings, heads, middles, tails) WITH ORDINALITY
                 AS u (id, target, voiding, head, middle, tail, place)
        ) n
        ON CONFLICT (id) DO NOTHING;
        GET DIAGNOSTICS added = ROW_COUNT;
        IF added < cardinality(ids) THEN
            RAISE EXCEPTION 'another writer stored one of these ids just now' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    INSERT INTO statement_mentions (mention, direct, seq)
    SELECT m.mention, m.direct, seqs[m.place] FROM unnest(places, mentions, directs) AS m (place, mention, direct);
    IF refers THEN
        -- who refers to the new ones, nearest first, no more than the batch may cost; then what each refers to
        near := ids;
        LOOP
            SELECT array_agg(r.id) INTO near
            FROM (
                SELECT r.id FROM statements r
                WHERE r.target_id = ANY(near) AND NOT EXISTS (SELECT FROM unnest(referring) AS k (id) WHERE k.id = r.id)
                LIMIT most - cardinality(referring)
            ) r;
            EXIT WHEN near IS NULL;
            referring := referring || near;
            level := level + 1;
            EXIT WHEN level = levels OR cardinality(referring) >= most;
        END LOOP;
        INSERT INTO statement_references (target, seq)
        WITH RECURSIVE down AS (
            SELECT s.seq AS start, s.seq, s.target_id, 0 AS level FROM statements s WHERE s.id = ANY(referring)
            UNION ALL
            SELECT d.start, t.seq, t.target_id, d.level + 1
            FROM down d JOIN statements t ON t.id = d.target_id WHERE d.level < levels
        )
        SELECT DISTINCT d.seq, d.start FROM down d WHERE d.seq <> d.start
        ON CONFLICT DO NOTHING;
    END IF;
END
$$

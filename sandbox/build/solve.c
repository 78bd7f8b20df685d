/*
 * solve.c - which step can be taken next, and what becomes of it
 *
 * Each stage goes on as far as it can: a step that is in the cache is adopted at once,
 * another becomes a job (jobs.c).  A stage waits for its own job, for the stages that its
 * next step takes files from, and for another stage that does the same work just now;
 * all others go on beside it.  The first failure stops all jobs.
 *
 * Facts: BuildKit's solver; which vertices are shown as CACHED is from engine 26.1's
 * transcripts.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

enum { REF_TAIL = 25, JOBS_MAX = 64 };

struct build_known {
	char key[BUILD_KEY];
	struct build_made made;
};

/* ---- one step
 * -------------------------------------------------------------------------------- */

static const struct build_made *
find_known(const struct builder *b, const char *key)
{
	for (size_t i = 0; i < b->nknown; i++)
		if (str_eq(b->known[i].key, key))
			return &b->known[i].made;
	return NULL;
}

static bool
is_being_done(const struct builder *b, const char *key)
{
	for (size_t i = 0; i < b->njobs; i++)
		if (str_eq(b->jobs[i]->key, key))
			return true;
	return false;
}

/* The layer becomes the stage's topmost. */
static void
adopt(struct build_stage *st, const struct build_made *m)
{
	cleanup_free char *diff = xasprintf("sha256:%s", m->layer.diff);

	vec_insert(&st->chains, 0, m->layer.chain);
	vec_add(&st->config.diff_ids, diff);
	st->config.history[st->steps[st->at].history].created = m->created;
	st->at++;
}

/* Found or made under this key, and told. */
static void
adopt_new(struct builder *b, struct build_stage *st, const char *key,
    const struct build_made *m)
{
	b->known = xrealloc(b->known, (b->nknown + 1) * sizeof *b->known);
	struct build_known *k = &b->known[b->nknown++];

	k->made = *m;
	str_copy(k->key, sizeof k->key, key);
	adopt(st, m);
}

/* A reference as BuildKit names the context in its messages. */
static int
set_not_found(
    struct builder *b, const struct build_vertex *v, const char *missing, struct err *err)
{
	char hex[33], tail[REF_TAIL + 1];

	str_random_hex(hex, 32);
	str_random_hex(tail, REF_TAIL);
	err_set(err, ERR_NOT_FOUND,
	    "failed to calculate checksum of ref %.8s-%.4s-%.4s-%.4s-%.12s::%s: %s", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20, tail, missing);
	build_fail(b, v, err);
	return err_while(err, "failed to compute cache key");
}

/* A step further down whose files are missing ends the build before a long RUN. */
static struct build_step *
doomed_step(struct build_stage *st, size_t from)
{
	if (st->steps[from].in->kind != DOCKERFILE_RUN)
		return NULL;
	for (size_t i = from + 1; i < st->nsteps; i++)
		if (st->steps[i].missing != NULL)
			return &st->steps[i];
	return NULL;
}

static void
tell_documents(struct builder *b, const struct build_step *s, enum build_end end)
{
	for (size_t i = 0; i < s->ndocs; i++) {
		struct build_vertex v =
		    build_start(b, "[internal] preparing inline document");
		build_end(b, &v, end);
	}
}

/* Starts the stage's next step, which nothing has in stock. */
static int
start_step(struct builder *b, struct build_stage *st, const char *key, struct err *err)
{
	struct build_step *s = &st->steps[st->at], *doomed = doomed_step(st, st->at);

	if (doomed != NULL)
		s = doomed;
	b->where = s->in->lines;
	tell_documents(b, s, BUILD_DONE);
	struct build_vertex v = build_start(b, s->title);
	if (s->missing != NULL)
		return set_not_found(b, &v, s->missing, err);
	return build_job_start(b, st, s, &v, key, &st->job, err) < 0
		   ? build_fail(b, &v, err)
		   : 0;
}

/* With `start` it may become a job.  1 the stage has gone on, 0 not now, -1. */
static int
take_step(struct builder *b, struct build_stage *st, bool start, struct err *err)
{
	struct build_step *s = &st->steps[st->at];
	struct build_made made;
	char key[BUILD_KEY];

	build_step_key(b, st, s, NULL, key);
	/* the same work in two stages is one vertex, under the name that it had first */
	const struct build_made *known = s->missing == NULL ? find_known(b, key) : NULL;
	if (known != NULL) {
		adopt(st, known);
		return 1;
	}
	if (is_being_done(b, key))
		return 0;
	bool found = build_cache_find(b, st, s, key, &made);
	if (!found && (!start || b->njobs >= JOBS_MAX))
		return 0;
	build_explain_step(b, st, s, found);
	if (!found)
		return start_step(b, st, key, err);
	tell_documents(b, s, BUILD_CACHED);
	struct build_vertex v = build_start(b, s->title);
	build_end(b, &v, BUILD_CACHED);
	adopt_new(b, st, key, &made);
	return 1;
}

/* How the job of a step went; frees it. */
static int
end_step(struct builder *b, struct build_job *job, struct err *err)
{
	struct build_stage *st = job->stage;
	int rc = job->rc < 0 ? -1 : 0;

	st->job = NULL;
	if (rc == 0) {
		build_end(b, &job->vertex, job->rc == 1 ? BUILD_CACHED : BUILD_DONE);
		adopt_new(b, st, job->key, &job->made);
	} else {
		b->where = job->step->in->lines;
		*err = job->err;
		free(b->ret->message);
		b->ret->message = take_ptr(job->message);
		vec_done(&b->ret->logs);
		vec_add_all(&b->ret->logs, job->logs.v);
		if (err->kind == ERR_NOT_FOUND && build_from_chains(b, job->step) != NULL)
			set_not_found(b, &job->vertex, job->err.text, err);
		else
			build_fail(b, &job->vertex, err);
	}
	build_job_free(job);
	return rc;
}

/* ---- FROM
 * ---------------------------------------------------------------------------------------
 */

/* BuildKit shows CACHED when the image itself is needed again; when a step on it is
 * cached it is only looked at. */
static void
tell_from(struct builder *b, const struct build_stage *st, struct build_image *image,
    bool needed)
{
	cleanup_buf struct buf title = BUF_INIT(BUF_OURS);
	cleanup_json json_t *mark = NULL;
	struct err ignored = ERR_INIT;
	char key[BUILD_KEY];

	if (image->told)
		return;
	image->told = true;
	if (st != NULL && !image->used_from)
		build_step_prefix(b, st, 1, &title);
	buf_addf(&title, "FROM %s", image->canonical);
	struct build_vertex v = build_start(b, title.s);
	build_named_key("drydock build from", image->id, key);
	bool marked = needed && store_cache_get(b->store, key, &mark, &ignored) == 1;
	build_end(b, &v, marked ? BUILD_CACHED : BUILD_DONE);
	if (!needed || marked)
		return;
	mark = json_object();
	(void)store_cache_put(b->store, key, mark, &ignored);
}

/* COPY --from=image: its FROM vertex, when no stage stands on that image. */
static void
tell_sources(struct builder *b, const struct build_stage *st)
{
	for (size_t i = 0; i < st->nsteps; i++) {
		const struct build_step *s = &st->steps[i];
		if (s->from_image != NULL)
			tell_from(b, NULL, s->from_image, false);
		for (size_t k = 0; k < s->nmounts; k++)
			if (s->mounts[k].from_image != NULL)
				tell_from(b, NULL, s->mounts[k].from_image, false);
	}
}

static bool
is_first_cached(const struct builder *b, const struct build_stage *st)
{
	struct build_made made;
	char key[BUILD_KEY];

	if (st->nsteps == 0)
		return false;
	build_step_key(b, st, &st->steps[0], NULL, key);
	return build_cache_find(b, st, &st->steps[0], key, &made);
}

static void
begin_stage(struct builder *b, struct build_stage *st)
{
	if (st->base_stage >= 0) {
		const struct build_stage *from = &b->stages[st->base_stage];
		vec_add_all(&st->chains, from->chains.v);
		vec_done(&st->config.diff_ids);
		vec_add_all(&st->config.diff_ids, from->config.diff_ids.v);
		for (size_t i = 0; i < from->config.nhistory; i++)
			st->config.history[i].created = from->config.history[i].created;
	} else if (st->base != NULL) {
		vec_add_all(&st->chains, st->base->chains.v);
		tell_from(b, st, st->base, !is_first_cached(b, st));
	}
	tell_sources(b, st);
	build_tell_context(b, NULL);
	st->begun = true;
}

/* ---- all stages
 * ---------------------------------------------------------------------------------- */

static bool
is_done(const struct builder *b, int stage)
{
	return stage < 0 || b->stages[stage].done;
}

static bool
has_sources(const struct builder *b, const struct build_step *s)
{
	bool all = is_done(b, s->from_stage);

	for (size_t i = 0; i < s->nmounts; i++)
		all = all && is_done(b, s->mounts[i].from_stage);
	return all;
}

/* As far as it goes.  1 it has gone on, 0 not now, -1. */
static int
go_on(struct builder *b, struct build_stage *st, bool start, struct err *err)
{
	int rc = 1, moved = 0;

	if (!st->begun) {
		if (!is_done(b, st->base_stage))
			return 0;
		begin_stage(b, st);
	}
	while (rc == 1 && st->job == NULL && st->at < st->nsteps &&
	       has_sources(b, &st->steps[st->at])) {
		if (build_is_canceled(b))
			return build_set_canceled(err);
		rc = take_step(b, st, start, err);
		moved |= rc == 1;
	}
	if (rc >= 0 && st->at == st->nsteps) {
		st->done = true;
		moved = 1;
	}
	return rc < 0 ? -1 : moved;
}

static int
go_on_all(struct builder *b, bool start, struct err *err)
{
	int moved = 0;

	for (size_t i = 0; i < b->nstages; i++) {
		struct build_stage *st = &b->stages[i];
		int rc = st->needed && !st->done && st->job == NULL
			     ? go_on(b, st, start, err)
			     : 0;
		if (rc < 0)
			return -1;
		moved |= rc;
	}
	return moved;
}

/* All that is being done ends; how, is only told. */
static void
stop_all(struct builder *b)
{
	build_jobs_stop(b);
	while (b->njobs > 0) {
		struct build_job *job = build_jobs_wait(b);
		if (job == NULL)
			continue;
		build_end(b, &job->vertex, job->rc < 0 ? BUILD_CANCELED : BUILD_DONE);
		build_job_free(job);
	}
}

static int
wait_for_one(struct builder *b, struct err *err)
{
	struct build_job *job = build_jobs_wait(b);

	return job != NULL ? end_step(b, job, err) : build_set_canceled(err);
}

static int
solve(struct builder *b, struct err *err)
{
	for (;;) {
		/* all that is in the cache is told before anything is begun */
		int moved = go_on_all(b, false, err);
		if (moved == 0)
			moved = go_on_all(b, true, err);
		if (moved < 0)
			return -1;
		if (moved > 0)
			continue;
		if (b->njobs == 0)
			return b->stages[b->plan.target].done
				   ? 0
				   : err_set(err, ERR_CORRUPT,
					 "the stages wait for each other");
		if (wait_for_one(b, err) < 0)
			return -1;
	}
}

int
build_solve(struct builder *b, struct err *err)
{
	int rc = solve(b, err);

	if (rc < 0)
		stop_all(b);
	return rc;
}

/*
 * work.c - a step's layer is made
 *
 * In a process of its own (jobs.c), which may be told to end at any moment: what is half
 * made then goes with the draft.
 */
#include "sandbox/build/private.h"

static const char *
top_chain(const struct build_stage *st)
{
	return st->chains.len > 0 ? st->chains.v[0] : "";
}

static int
do_step(struct builder *b, struct build_job *job, struct store_draft *d, bool *changed,
    struct err *err)
{
	struct build_step *s = job->step;
	const struct vec *lowers = &job->stage->chains;

	switch (s->in->kind) {
	case DOCKERFILE_WORKDIR: return build_do_workdir(b, s, lowers, d, err);
	case DOCKERFILE_RUN:
		return build_do_run(b, s, &job->vertex, lowers, d, changed, err);
	default: return build_do_copy(b, s, lowers, d, changed, err);
	}
}

/* A COPY --from that the quick key did not find.  1 found by content, 0 not (key then is
 * the content's key), -1. */
static int
find_by_content(struct builder *b, struct build_job *job, struct store_draft *d,
    char key[BUILD_KEY], struct build_made *ret, struct err *err)
{
	struct build_step *s = job->step;

	if (build_from_digest(b, s, d, s->digest, err) < 0)
		return -1;
	build_step_key(b, job->stage, s, s->digest, key);
	return build_cache_find(b, job->stage, s, key, ret);
}

static int
commit(struct builder *b, const struct build_job *job, struct store_draft *d,
    struct build_made *ret, struct err *err)
{
	const struct build_stage *st = job->stage;
	int64_t epoch = b->spec->epoch;

	if (store_draft_commit(
		b->store, d, top_chain(st), &st->chains, epoch, &ret->layer, err) < 0)
		return -1;
	ret->created = clock_now();
	if (epoch >= 0 && ret->created > epoch)
		ret->created = epoch;
	return 0;
}

/* Takes d. */
static int
make_layer(struct builder *b, struct build_job *job, struct store_draft *d,
    struct build_made *ret, struct err *err)
{
	char content_key[BUILD_KEY] = "";
	bool changed = false;
	int found = 0;

	if (build_from_chains(b, job->step) != NULL)
		found = find_by_content(b, job, d, content_key, ret, err);
	if (found != 0 || do_step(b, job, d, &changed, err) < 0) {
		store_draft_drop(b->store, d);
		if (found == 1)
			build_cache_keep(b, job->step, job->key, ret);
		return found == 1 ? 1 : -1;
	}
	if (commit(b, job, d, ret, err) < 0)
		return -1;
	/* files that changed under our hands are in the layer, but under no key */
	if (changed)
		return 0;
	build_cache_keep(b, job->step, job->key, ret);
	if (*content_key != '\0')
		build_cache_keep(b, job->step, content_key, ret);
	return 0;
}

int
build_work(
    struct builder *b, struct build_job *job, struct build_made *ret, struct err *err)
{
	struct store_draft *d = NULL;
	int rc = store_draft_new(b->store, &d, err);

	if (rc == 0)
		rc = make_layer(b, job, d, ret, err);
	/* whatever a signal broke: it is no error of the step */
	if (rc < 0 && build_is_canceled(b))
		build_set_canceled(err);
	return rc;
}

/*
 * build.c - from the Dockerfile's text to a tagged image
 */
#include "sandbox/build/build.h"
#include "sandbox/build/private.h"
#include <stdlib.h>

/* What BuildKit's client sends beside a Dockerfile's bytes. */
enum { FILE_BYTES = 21, DATA_BYTES = 6, NOTHING_BYTES = 2 };

#if defined(__x86_64__)
#define ARCHITECTURE "amd64"
#elif defined(__aarch64__)
#define ARCHITECTURE "arm64"
#else
#error "no Docker name is known for this machine"
#endif

static void
builder_done(struct builder *b)
{
	for (size_t i = 0; i < b->nstages; i++)
		build_stage_done(&b->stages[i]);
	free(b->stages);
	for (size_t i = 0; i < b->nimages; i++)
		build_image_free(b->images[i]);
	free(b->images);
	ignore_free(b->ignore);
	dockerfile_plan_done(&b->plan);
	dockerfile_free(b->df);
	vec_done(&b->platform);
	free(b->known);
	free(b->jobs);
}

/* ---- reading
 * ---------------------------------------------------------------------------- */

static void
set_platform(struct vec *v)
{
	static const char *const sides[] = {"BUILD", "TARGET"};

	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		vec_addf(v, "%sPLATFORM=linux/" ARCHITECTURE, sides[i]);
		vec_addf(v, "%sOS=linux", sides[i]);
		vec_addf(v, "%sOSVERSION=", sides[i]);
		vec_addf(v, "%sARCH=" ARCHITECTURE, sides[i]);
		vec_addf(v, "%sVARIANT=", sides[i]);
	}
}

static int
read_definition(struct builder *b, struct err *err)
{
	const struct build_spec *spec = b->spec;
	cleanup_free char *name =
	    xasprintf("[internal] load build definition from %s", spec->dockerfile_name);
	struct build_vertex v = build_start(b, name);
	int64_t bytes = NOTHING_BYTES;

	if (spec->dockerfile != NULL)
		bytes = FILE_BYTES + (int64_t)strlen(spec->dockerfile_name) +
			(spec->dockerfile_len > 0 ? DATA_BYTES : 0) +
			(int64_t)spec->dockerfile_len;
	build_row(b, &v, "transferring dockerfile:", bytes, 0, true);
	build_end(b, &v, BUILD_DONE);
	if (spec->dockerfile == NULL)
		return err_set(err, ERR_NOT_FOUND,
		    "failed to read dockerfile: open %s: no such file or directory",
		    spec->dockerfile_name);
	b->df = dockerfile_parse(spec->dockerfile, spec->dockerfile_len, &b->where, err);
	if (b->df == NULL)
		return -1;
	set_platform(&b->platform);
	const struct dockerfile_input input = {.build_args = spec->build_args,
	    .platform_args = &b->platform,
	    .target = spec->target};
	if (dockerfile_check_options(b->df, &input, err) < 0)
		return -1;
	return dockerfile_plan(b->df, &input, &b->plan, &b->where, err);
}

static int
read_ignore(struct builder *b, struct err *err)
{
	const struct build_spec *spec = b->spec;
	struct build_vertex v = build_start(b, "[internal] load .dockerignore");
	int64_t bytes = NOTHING_BYTES;

	if (spec->ignore != NULL)
		bytes = FILE_BYTES + (int64_t)strlen(".dockerignore") +
			(spec->ignore_len > 0 ? DATA_BYTES : 0) +
			(int64_t)spec->ignore_len;
	build_row(b, &v, "transferring context:", bytes, 0, true);
	build_end(b, &v, BUILD_DONE);
	b->where = (struct dockerfile_range){0};
	if (spec->ignore == NULL)
		return 0;
	b->ignore = ignore_parse(spec->ignore, spec->ignore_len, err);
	return b->ignore != NULL ? 0 : -1;
}

/* ---- the image
 * ------------------------------------------------------------------------------ */

static size_t
inherited_history(const struct builder *b, const struct build_stage *st)
{
	while (st->base_stage >= 0)
		st = &b->stages[st->base_stage];
	return st->base != NULL ? st->base->config.nhistory : 0;
}

/* The image that FROM names at the root of the target's stages, or NULL. */
static const struct build_image *
root_image(const struct builder *b)
{
	const struct build_stage *st = &b->stages[b->plan.target];

	while (st->base_stage >= 0)
		st = &b->stages[st->base_stage];
	return st->base;
}

static void
add_labels(const struct build_spec *spec, struct image_config *c)
{
	for (size_t i = 0; spec->labels != NULL && i < spec->labels->len; i++) {
		const char *pair = spec->labels->v[i];
		size_t len = strcspn(pair, "=");
		cleanup_free char *key = xstrndup(pair, len);
		vec_env_set(&c->labels, key, pair[len] == '=' ? pair + len + 1 : "");
	}
}

void
build_history_times(struct image_config *c, size_t inherited)
{
	int64_t first = IMAGE_NO_TIME, last = IMAGE_NO_TIME;

	for (size_t i = 0; i < c->nhistory; i++) {
		int64_t t = c->history[i].created;
		if (t == IMAGE_NO_TIME)
			continue;
		last = t;
		if (i >= inherited && first == IMAGE_NO_TIME)
			first = t;
	}
	/* what stands before the first new layer has its time, all else its forerunner's
	 */
	int64_t now = first != IMAGE_NO_TIME ? first : last;
	for (size_t i = inherited; i < c->nhistory; i++) {
		if (c->history[i].created == IMAGE_NO_TIME)
			c->history[i].created = now;
		else
			now = c->history[i].created;
	}
	c->created = now;
}

static int
write_image(struct builder *b, struct err *err)
{
	struct build_stage *st = &b->stages[b->plan.target];
	size_t len;

	add_labels(b->spec, &st->config);
	build_history_times(&st->config, inherited_history(b, st));
	cleanup_free char *bytes = image_config_encode(&st->config, &len);
	return store_add_image(b->store, bytes, len, b->ret->id, err);
}

/* Written only when it says something new: a rebuild without changes writes nothing. */
static void
write_record(struct builder *b)
{
	const struct build_image *base = root_image(b);
	cleanup_json json_t *tags =
	    b->spec->tags != NULL ? json_from_vec(b->spec->tags) : json_array();
	cleanup_json json_t *j =
	    json_pack("{s:s, s:s, s:O}", "base", base != NULL ? base->id : "", "base_ref",
		base != NULL ? base->canonical : "scratch", "tags", tags);
	cleanup_json json_t *old = build_record(b->store, b->ret->id, NULL);
	struct err ignored = ERR_INIT;

	if (old != NULL && json_equal(old, j))
		return;
	(void)store_cache_put(b->store, b->ret->id, j, &ignored);
}

static int
set_tag(struct builder *b, const struct build_vertex *v, const char *tag, struct err *err)
{
	size_t len = strlen(tag) - (str_ends(tag, ":latest") ? strlen(":latest") : 0);
	cleanup_free char *row = xasprintf("naming to %.*s", (int)len, tag);
	cleanup_free char *digest = xasprintf("sha256:%s", b->ret->id);

	char before[HASH_HEX + 1];

	/* a tag that stands already costs no write, which would have to reach the disk */
	int found = session_tag_get(b->session, tag, before, err);
	if (found < 0 || ((found == 0 || !str_eq(before, b->ret->id)) &&
			     session_tag_set(b->session, tag, b->ret->id, err) < 0))
		return -1;
	build_row(b, v, row, 0, 0, true);
	session_event(
	    b->session, "image", "tag", digest, json_pack("{s:s}", "name", tag));
	return 0;
}

static int
name_image(struct builder *b, const struct build_vertex *v, struct err *err)
{
	cleanup_free char *digest = xasprintf("sha256:%s", b->ret->id);
	const struct vec *tags = b->spec->tags;

	if (tags == NULL || tags->len == 0)
		return session_tag_set(b->session, NULL, b->ret->id, err);
	for (size_t i = 0; i < tags->len; i++)
		if (set_tag(b, v, tags->v[i], err) < 0)
			return -1;
	cleanup_free char *names = vec_join(tags, ",");
	session_event(
	    b->session, "image", "build", digest, json_pack("{s:s}", "name", names));
	return 0;
}

static int
export_image(struct builder *b, struct err *err)
{
	struct build_vertex v = build_start(b, "exporting to image");

	b->where = (struct dockerfile_range){0};
	build_row(b, &v, "exporting layers", 0, 0, true);
	if (write_image(b, err) < 0)
		return build_fail(b, &v, err);
	cleanup_free char *row = xasprintf("writing image sha256:%s", b->ret->id);
	build_row(b, &v, row, 0, 0, true);
	write_record(b);
	if (name_image(b, &v, err) < 0)
		return build_fail(b, &v, err);
	build_end(b, &v, BUILD_DONE);
	return 0;
}

/* The files alone: no image, no name. */
static int
export_files(struct builder *b, struct err *err)
{
	bool folder = b->spec->output == BUILD_FOLDER;
	struct build_vertex v = build_start(
	    b, folder ? "exporting to client directory" : "exporting to client tarball");
	int64_t start = clock_mono();

	b->where = (struct dockerfile_range){0};
	if (build_export_files(b, &b->stages[b->plan.target].chains, err) < 0)
		return build_fail(b, &v, err);
	build_row(b, &v, folder ? "copying files" : "sending tarball", 0,
	    clock_mono() - start, true);
	build_end(b, &v, BUILD_DONE);
	return 0;
}

/* The image as an archive: it lies in the store, but has no name there. */
static int
export_archive(struct builder *b, struct err *err)
{
	struct build_vertex v = build_start(b, "exporting to oci image format");

	b->where = (struct dockerfile_range){0};
	build_row(b, &v, "exporting layers", 0, 0, true);
	if (write_image(b, err) < 0)
		return build_fail(b, &v, err);
	cleanup_free char *row = xasprintf("exporting config sha256:%s", b->ret->id);
	build_row(b, &v, row, 0, 0, true);
	if (b->spec->save(b->spec->save_user, b->ret->id, b->spec->tags,
		b->spec->output_fd, err) < 0)
		return build_fail(b, &v, err);
	build_row(b, &v, "sending tarball", 0, 0, true);
	build_end(b, &v, BUILD_DONE);
	return 0;
}

static int
export_result(struct builder *b, struct err *err)
{
	switch (b->spec->output) {
	case BUILD_FOLDER:
	case BUILD_TAR: return export_files(b, err);
	case BUILD_ARCHIVE: return export_archive(b, err);
	default: return export_image(b, err);
	}
}

/* ---- all of it
 * ------------------------------------------------------------------------------------ */

static void
set_frame(struct builder *b)
{
	cleanup_buf struct buf frame = BUF_INIT(BUF_OURS);

	if (b->spec->dockerfile == NULL || b->where.first == 0)
		return;
	dockerfile_frame(&frame, b->spec->dockerfile_name, b->spec->dockerfile,
	    b->spec->dockerfile_len, b->where);
	if (frame.len > 0)
		b->ret->frame = buf_take(&frame);
}

/* The steps, which a signal ends in order. */
static int
solve(struct builder *b, struct err *err)
{
	sigset_t before;
	int rc;

	build_signals_begin(b, &before);
	rc = build_solve(b, err);
	build_signals_end(b, &before);
	return rc;
}

static int
build_all(struct builder *b, struct err *err)
{
	if (build_load_context(b, err) < 0 || solve(b, err) < 0)
		return -1;
	build_explain_bytes(b);
	return export_result(b, err);
}

int
build_run(struct session *s, const struct build_spec *spec, const struct build_sink *sink,
    struct build_result *ret, struct err *err)
{
	static const struct build_sink silent;
	struct builder b = {.session = s,
	    .store = session_store(s),
	    .spec = spec,
	    .sink = sink != NULL ? sink : &silent,
	    .ret = ret,
	    .signals = -1,
	    .platform = VEC_INIT,
	    .line = -1,
	    .plan = {.globals = VEC_INIT}};
	cleanup_hold struct store *held = store_hold(b.store, err);
	int rc = held == NULL ? -1 : read_definition(&b, err);

	if (rc == 0)
		rc = build_convert(&b, err);
	if (rc == 0)
		rc = read_ignore(&b, err);
	if (rc == 0)
		rc = spec->check ? build_check(&b, err) : build_all(&b, err);
	if (rc < 0 && err->kind != ERR_INTERRUPTED)
		set_frame(&b);
	builder_done(&b);
	return rc;
}

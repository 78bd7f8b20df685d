/*
 * build.c - docker build: options to a struct build_spec, progress to standard error
 */
#include "sandbox/build/build.h"
#include "sandbox/docker/build_input.h"
#include "sandbox/docker/save.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* SOURCE_DATE_EPOCH: from --build-arg or the environment; -1: none. */
static int64_t
epoch(struct docker *d, const struct build_input *in)
{
	const char *text = vec_env_get(&in->args, "SOURCE_DATE_EPOCH");
	uint64_t seconds;

	if (text == NULL)
		text = client_getenv(&d->client, "SOURCE_DATE_EPOCH");
	if (text == NULL || !str_to_u64(text, INT64_MAX / NS_PER_S, &seconds))
		return -1;
	return (int64_t)seconds * NS_PER_S;
}

static int
write_iid(struct docker *d, const char *id)
{
	const char *file = opts_str(&d->opts, "iidfile");
	cleanup_free char *text = xasprintf("sha256:%s", id);
	cleanup_fd int fd = -1;

	if (file == NULL)
		return 0;
	fd = client_open(&d->client, file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd >= 0 && fd_write_all(fd, text, strlen(text)) == 0)
		return 0;
	fprintf(stderr, "ERROR: open %s: %s\n", file, docker_errno_text(errno));
	return 1;
}

/* What buildx tells of an image, under its names; what is no image has nothing to tell.
 */
static int
write_metadata(struct docker *d, const struct build_input *in, const char *id)
{
	const char *file = opts_str(&d->opts, "metadata-file");
	cleanup_json json_t *j = json_object();
	cleanup_fd int fd = -1;

	if (file == NULL)
		return 0;
	if (*id != '\0') {
		cleanup_free char *digest = xasprintf("sha256:%s", id);
		cleanup_free char *names = vec_join(&in->tags, ",");

		json_object_set_new(
		    j, "containerimage.config.digest", json_string(digest));
		json_object_set_new(j, "containerimage.digest", json_string(digest));
		if (in->tags.len > 0)
			json_object_set_new(j, "image.name", json_string(names));
	}
	cleanup_free char *text = json_dumps(j, JSON_INDENT(2));
	fd = client_open(&d->client, file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd >= 0 && fd_write_all(fd, text, strlen(text)) == 0)
		return 0;
	fprintf(stderr, "ERROR: open %s: %s\n", file, docker_errno_text(errno));
	return 1;
}

/* --network for all RUNs: NULL is Docker's "default". */
static const char *
network(const struct docker *d)
{
	const char *text = opts_str(&d->opts, "network");

	return str_eq(text, "none") || str_eq(text, "host") ? text : NULL;
}

static int
save(void *user, const char *id, const struct vec *tags, int fd, struct err *err)
{
	return docker_save_image(user, id, tags, fd, err);
}

static struct build_spec
make_spec(struct docker *d, const struct build_input *in)
{
	struct build_spec spec = {
	    .dockerfile = in->has_dockerfile ? in->dockerfile.s : NULL,
	    .dockerfile_len = in->dockerfile.len,
	    .dockerfile_name = in->name,
	    .ignore = in->has_ignore ? in->ignore.s : NULL,
	    .ignore_len = in->ignore.len,
	    .context = in->context,
	    .tags = &in->tags,
	    .build_args = &in->args,
	    .labels = &in->labels,
	    .target = opts_str(&d->opts, "target"),
	    .output = in->output,
	    .output_fd = in->output_fd,
	    .save = save,
	    .save_user = d,
	    .fetch = build_input_fetch,
	    .fetch_user = d,
	    .pull = build_input_pull,
	    .pull_user = d,
	    .secrets = in->secrets,
	    .nsecrets = in->nsecrets,
	    .agents = in->agents,
	    .nagents = in->nagents,
	    .network = network(d),
	    .allow_host = str_eq(opts_str(&d->opts, "network"), "host"),
	    .explain = opts_on(&d->opts, "explain"),
	    .check = opts_on(&d->opts, "check"),
	    .no_cache = opts_on(&d->opts, "no-cache"),
	    .no_cache_stages = &in->anew,
	    .epoch = epoch(d, in),
	};

	client_owner(&d->client, &spec.output_uid, &spec.output_gid);
	return spec;
}

/* ---- progress
 * ---------------------------------------------------------------------------- */

struct progress { /* at most one of them */
	struct build_plain *plain;
	struct build_view *view;
	struct build_sink sink;
};

static void
size(void *user, unsigned short *rows, unsigned short *cols)
{
	(void)user;
	client_size(rows, cols);
}

/* --progress, else BUILDKIT_PROGRESS, else what standard error is. */
static int
begin_progress(struct docker *d, struct progress *p, struct err *err)
{
	const char *want = opts_str(&d->opts, "progress");
	const char *env = client_getenv(&d->client, "BUILDKIT_PROGRESS");
	bool tty = client_is_tty(&d->client, 'e');

	if (str_eq(want, "auto") && env != NULL && *env != '\0')
		want = env;
	if (opts_on(&d->opts, "quiet") || str_eq(want, "quiet"))
		return 0;
	if (!str_eq(want, "auto") && !str_eq(want, "plain") && !str_eq(want, "tty"))
		return err_set(err, ERR_INPUT, "invalid progress mode %s", want);
	if (str_eq(want, "tty") && !tty)
		return err_set(err, ERR_INPUT,
		    "failed to get console: provided file is not a console");
	if (tty && !str_eq(want, "plain")) {
		p->view = build_view_new(STDERR_FILENO, size, NULL);
		p->sink = build_view_sink(p->view);
	} else {
		p->plain = build_plain_new(STDERR_FILENO);
		p->sink = build_plain_sink(p->plain);
	}
	return 0;
}

static void
end_progress(struct progress *p)
{
	if (p->view != NULL)
		build_view_end(p->view);
	build_view_free(p->view);
	build_plain_free(p->plain);
}

/* ---- how it ended
 * ------------------------------------------------------------------------ */

static int
tell_failure(const struct build_result *result, const struct err *err, bool quiet)
{
	cleanup_buf struct buf failure = BUF_INIT(BUF_OURS);

	if (err->kind == ERR_INTERRUPTED) {
		fprintf(stderr, "ERROR: failed to solve: Canceled: context canceled\n");
		return 130;
	}
	if (result->check != NULL)
		fputs(result->check, stdout);
	fflush(stdout);
	build_add_failure(&failure, result, err, quiet);
	fputs(failure.s, stderr);
	return 1;
}

static int
tell_result(struct docker *d, const struct build_input *in, const struct build_spec *spec,
    const struct build_result *result, bool quiet)
{
	for (size_t i = 0; i < result->explained.len; i++)
		fprintf(stderr, "%s%s\n", i == 0 ? "\n" : "", result->explained.v[i]);
	if (spec->check) {
		fputs(result->check, stdout);
		return result->warnings > 0;
	}
	/* files have no image id */
	bool files = spec->output == BUILD_FOLDER || spec->output == BUILD_TAR;
	if (quiet && !files)
		printf("sha256:%s\n", result->id);
	if (!files && write_iid(d, result->id) != 0)
		return 1;
	return write_metadata(d, in, files ? "" : result->id);
}

static int
build(struct docker *d, const struct build_input *in, struct err *err)
{
	cleanup_build_result struct build_result result = BUILD_RESULT_INIT;
	const struct build_spec spec = make_spec(d, in);
	struct progress p = {.plain = NULL};

	if (begin_progress(d, &p, err) < 0) {
		fprintf(stderr, "ERROR: %s\n", err->text);
		return 1;
	}
	bool quiet = p.plain == NULL && p.view == NULL;
	int rc = build_run(d->session, &spec, quiet ? NULL : &p.sink, &result, err);
	end_progress(&p);
	return rc < 0 ? tell_failure(&result, err, quiet)
		      : tell_result(d, in, &spec, &result, quiet);
}

/* A context that would have to be fetched.  As Docker shows it when it cannot be. */
static bool
is_remote(const char *path)
{
	return str_starts(path, "http://") || str_starts(path, "https://") ||
	       str_starts(path, "git://") || str_starts(path, "git@");
}

static int
refuse_remote(const char *url)
{
	static const char why[] = "this version of Drydock builds folders and archives, "
				  "nothing from the network";

	fprintf(stderr,
	    "#0 building with \"default\" instance using docker driver\n\n"
	    "#1 [internal] load git source %s\n#1 ERROR: %s\n------\n"
	    " > [internal] load git source %s:\n------\nERROR: failed to solve: %s\n",
	    url, why, url, why);
	return 1;
}

/* As buildx words it. */
static int
check_network(const struct docker *d)
{
	const char *text = opts_str(&d->opts, "network");

	if (network(d) != NULL || str_eq(text, "default") || *text == '\0')
		return 0;
	fprintf(stderr, "ERROR: network mode \"%s\" not supported by buildkit\n", text);
	return -1;
}

/* Where only Docker's own words count, ours are unknown. */
static bool
refuse_own(const struct docker *d, struct err *err)
{
	const char *strict = getenv("DRYDOCK_STRICT");

	if (strict == NULL || *strict == '\0' || !opts_given(&d->opts, "explain"))
		return false;
	err_set(err, ERR_INPUT, "unknown flag: --explain");
	return true;
}

int
docker_build(struct docker *d)
{
	__attribute__((cleanup(build_input_done))) struct build_input in =
	    BUILD_INPUT_INIT;
	struct err err = ERR_INIT;

	if (refuse_own(d, &err))
		return docker_wrong_flag(d, &err);
	if (check_network(d) < 0)
		return 1;
	if (is_remote(d->opts.args[0]))
		return refuse_remote(d->opts.args[0]);
	if (build_input_read(d, &in, &err) == 0)
		return build(d, &in, &err);
	fprintf(stderr, "ERROR: %s\n", err.text);
	return 1;
}

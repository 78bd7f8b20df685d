/*
 * build.c - docker build: options to a struct build_spec, progress to standard error
 */
#include "sandbox/build/build.h"
#include "sandbox/docker/command.h"
#include "sandbox/docker/untar.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOCKERFILE_MAX = 4 << 20, IGNORE_MAX = 4 << 20, HEAD = 512 };

/* What is read before the build can start. */
struct input {
	struct buf dockerfile, ignore, head;
	bool has_dockerfile, has_ignore;
	const char *name; /* of the Dockerfile, as shown */
	int context;
	struct untar_folder folder; /* when the context came as a tar */
	struct vec tags, args, labels;
};
#define INPUT_INIT \
	{ \
		.dockerfile = BUF_INIT(DOCKERFILE_MAX), .ignore = BUF_INIT(IGNORE_MAX), \
		.head = BUF_INIT(DOCKERFILE_MAX), .name = "Dockerfile", .context = -1, \
		.folder = UNTAR_FOLDER_INIT, .tags = VEC_INIT, .args = VEC_INIT, \
		.labels = VEC_INIT \
	}

static void
input_done(struct input *in)
{
	buf_done(&in->dockerfile);
	buf_done(&in->ignore);
	buf_done(&in->head);
	fd_close_p(&in->context);
	untar_folder_done(&in->folder);
	vec_done(&in->tags);
	vec_done(&in->args);
	vec_done(&in->labels);
}

/* "K=V", or K with the value that the user's environment has. */
static void
take_pairs(struct docker *d, const char *option, struct vec *ret)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, option, &i)) != NULL;) {
		size_t n = strcspn(v, "=");
		cleanup_free char *name = xstrndup(v, n);
		const char *value = v[n] == '=' ? v + n + 1 : "";

		if (v[n] != '=' && str_eq(option, "build-arg"))
			value = client_getenv(&d->client, name);
		if (value != NULL)
			vec_env_set(ret, name, value);
	}
}

static int
take_tags(struct docker *d, struct vec *ret, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "tag", &i)) != NULL;) {
		cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
		cleanup_free char *key = NULL;

		if (image_ref_parse_build(v, &ref, err) < 0)
			return -1;
		if (ref.tag == NULL)
			ref.tag = xstrdup("latest");
		key = image_ref_canonical(&ref);
		if (docker_is_ours(key))
			return err_set(err, ERR_INPUT,
			    "invalid tag \"%s\": the name is Drydock's own", v);
		if (!vec_has(ret, key))
			vec_add(ret, key);
	}
	return 0;
}

/* A file that may be missing; *has says whether it was there. */
static int
read_maybe(int fd, const char *name, struct buf *b, bool *has, struct err *err)
{
	cleanup_fd int owned = fd;

	*has = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR
			   ? 0
			   : err_sys(err, "failed to read %s", name);
	return fd_slurp(fd, name, b, err);
}

/* Standard input: a Dockerfile, or a tar that is the whole context. */
static int
read_stdin_context(struct docker *d, struct input *in, struct err *err)
{
	ssize_t n = 1;

	while (in->head.len < HEAD && n > 0)
		n = buf_read(&in->head, STDIN_FILENO, HEAD - in->head.len);
	if (n < 0)
		return err_sys(err, "cannot read standard input");
	if (in->head.len == 0)
		return err_set(err, ERR_INPUT, "failed to read from stdin: EOF");
	if (!untar_looks_like(in->head.s, in->head.len)) {
		in->has_dockerfile = true;
		buf_add(&in->dockerfile, in->head.s, in->head.len);
		return fd_slurp(STDIN_FILENO, "standard input", &in->dockerfile, err);
	}
	if (docker_session(d, err) == NULL ||
	    untar_folder(
		d->store, STDIN_FILENO, in->head.s, in->head.len, &in->folder, err) < 0)
		return -1;
	in->context = fcntl(in->folder.fd, F_DUPFD_CLOEXEC, 3);
	return 0;
}

static int
open_context(struct docker *d, struct input *in, struct err *err)
{
	const char *path = d->opts.args[0];
	struct stat st;

	if (str_eq(path, "-"))
		return read_stdin_context(d, in, err);
	if (str_starts(path, "http://") || str_starts(path, "https://") ||
	    str_starts(path, "git://") || str_starts(path, "git@"))
		return err_set(err, ERR_UNSUPPORTED,
		    "unable to prepare context: this version of Drydock builds folders "
		    "and "
		    "archives only, not %s",
		    path);
	in->context = client_open(&d->client, path, O_RDONLY, 0);
	if (in->context < 0)
		return err_set(err, ERR_NOT_FOUND,
		    "unable to prepare context: path \"%s\" not found", path);
	if (fstat(in->context, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, ERR_INPUT,
		    "unable to prepare context: path \"%s\" must be a directory", path);
	return 0;
}

/* The Dockerfile: -f, or the one of the context. */
static int
read_dockerfile(struct docker *d, struct input *in, struct err *err)
{
	const char *file = opts_str(&d->opts, "file");
	int fd;

	if (in->has_dockerfile)
		return 0;
	if (file != NULL && str_eq(file, "-")) {
		in->has_dockerfile = true;
		return fd_slurp(STDIN_FILENO, "standard input", &in->dockerfile, err);
	}
	if (file != NULL && in->folder.fd < 0) {
		in->name = path_base(file);
		fd = client_open(&d->client, file, O_RDONLY, 0);
	} else {
		in->name = file != NULL ? path_base(file) : "Dockerfile";
		fd = fd_open_in(
		    in->context, file != NULL ? file : "Dockerfile", O_RDONLY, 0);
		/* as BuildKit: the small name too */
		if (fd < 0 && errno == ENOENT && file == NULL)
			fd = fd_open_in(in->context, "dockerfile", O_RDONLY, 0);
	}
	return read_maybe(fd, in->name, &in->dockerfile, &in->has_dockerfile, err);
}

/* NAME.dockerignore beside the Dockerfile comes before .dockerignore of the context. */
static int
read_ignore(struct docker *d, struct input *in, struct err *err)
{
	const char *file = opts_str(&d->opts, "file");
	int fd = -1;

	if (in->context < 0)
		return 0;
	if (in->folder.fd < 0 && (file == NULL || !str_eq(file, "-"))) {
		cleanup_free char *beside =
		    file != NULL
			? xasprintf("%s.dockerignore", file)
			: xasprintf("%s/Dockerfile.dockerignore", d->opts.args[0]);

		fd = client_open(&d->client, beside, O_RDONLY, 0);
	}
	if (fd < 0)
		fd = fd_open_in(in->context, ".dockerignore", O_RDONLY, 0);
	return read_maybe(fd, ".dockerignore", &in->ignore, &in->has_ignore, err);
}

static int
prepare(struct docker *d, struct input *in, struct err *err)
{
	if (take_tags(d, &in->tags, err) < 0 || open_context(d, in, err) < 0 ||
	    read_dockerfile(d, in, err) < 0 || read_ignore(d, in, err) < 0)
		return -1;
	take_pairs(d, "build-arg", &in->args);
	take_pairs(d, "label", &in->labels);
	return docker_session(d, err) == NULL ? -1 : 0;
}

/* SOURCE_DATE_EPOCH: from --build-arg or the environment; -1: none. */
static int64_t
epoch(struct docker *d, const struct input *in)
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

static int
build(struct docker *d, const struct input *in, struct err *err)
{
	bool quiet = opts_on(&d->opts, "quiet");
	cleanup_build_plain struct build_plain *plain =
	    quiet ? NULL : build_plain_new(STDERR_FILENO);
	cleanup_build_result struct build_result result = BUILD_RESULT_INIT;
	cleanup_buf struct buf failure = BUF_INIT(BUF_OURS);
	struct build_sink sink = {.user = NULL};
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
	    .no_cache = opts_on(&d->opts, "no-cache"),
	    .epoch = epoch(d, in),
	};

	if (plain != NULL)
		sink = build_plain_sink(plain);
	if (build_run(d->session, &spec, plain != NULL ? &sink : NULL, &result, err) <
	    0) {
		if (err->kind == ERR_INTERRUPTED) {
			fprintf(stderr,
			    "ERROR: failed to solve: Canceled: context canceled\n");
			return 130;
		}
		build_add_failure(&failure, &result, err, quiet);
		fputs(failure.s, stderr);
		return 1;
	}
	if (quiet)
		printf("sha256:%s\n", result.id);
	return write_iid(d, result.id);
}

int
docker_build(struct docker *d)
{
	__attribute__((cleanup(input_done))) struct input in = INPUT_INIT;
	struct err err = ERR_INIT;

	if (prepare(d, &in, &err) == 0)
		return build(d, &in, &err);
	fprintf(stderr, "ERROR: %s\n", err.text);
	return 1;
}

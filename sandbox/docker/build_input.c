/*
 * build_input.c - what `docker build` reads before the build can start
 *
 * The context is the client's folder, or a tar or a lone Dockerfile on standard input.
 */
#include "sandbox/docker/build_input.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 512 };

void
build_input_done(struct build_input *in)
{
	buf_done(&in->dockerfile);
	buf_done(&in->ignore);
	buf_done(&in->head);
	fd_close_p(&in->context);
	untar_folder_done(&in->folder);
	vec_done(&in->tags);
	vec_done(&in->args);
	vec_done(&in->labels);
	vec_done(&in->anew);
	build_input_forget(in);
	build_input_ssh_done(in);
	fd_close_p(&in->output_fd);
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

/* Stages' names in small letters, as the parser keeps them. */
static void
take_stages(struct docker *d, struct vec *ret)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "no-cache-filter", &i)) != NULL;) {
		cleanup_free char *low = xstrdup(v);
		for (char *p = low; *p != '\0'; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p += 'a' - 'A';
		vec_split(ret, low, ",");
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
read_stdin_context(struct docker *d, struct build_input *in, struct err *err)
{
	ssize_t n = 1;

	client_reads(&d->client, true);
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
open_context(struct docker *d, struct build_input *in, struct err *err)
{
	const char *path = d->opts.args[0];
	struct stat st;

	if (str_eq(path, "-"))
		return read_stdin_context(d, in, err);
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
read_dockerfile(struct docker *d, struct build_input *in, struct err *err)
{
	const char *file = opts_str(&d->opts, "file");
	int fd;

	if (in->has_dockerfile)
		return 0;
	if (file != NULL && str_eq(file, "-")) {
		in->has_dockerfile = true;
		client_reads(&d->client, true);
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
read_ignore(struct docker *d, struct build_input *in, struct err *err)
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

int
build_input_read(struct docker *d, struct build_input *in, struct err *err)
{
	if (build_input_secrets(d, in, err) < 0 || build_input_ssh(d, in, err) < 0 ||
	    take_tags(d, &in->tags, err) < 0 || open_context(d, in, err) < 0 ||
	    read_dockerfile(d, in, err) < 0 || read_ignore(d, in, err) < 0)
		return -1;
	if (build_input_output(d, in, err) < 0)
		return -1;
	take_pairs(d, "build-arg", &in->args);
	take_pairs(d, "label", &in->labels);
	take_stages(d, &in->anew);
	return docker_session(d, err) == NULL ? -1 : 0;
}

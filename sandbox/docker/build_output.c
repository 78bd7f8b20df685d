/*
 * build_output.c - -o: where the result of a build goes
 *
 * Facts: buildx, util/buildflags/export.go and build/opt.go.
 */
#include "sandbox/docker/build_input.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct words {
	char *type, *dest;
};

static void
words_done(struct words *w)
{
	free(w->type);
	free(w->dest);
}

static int
read_words(const char *text, struct words *w, struct err *err)
{
	cleanup_vec struct vec fields = VEC_INIT;

	vec_split(&fields, text, ",");
	/* a word alone is a folder, "-" a tar on standard output */
	if (fields.len == 1 && strchr(text, '=') == NULL) {
		w->type = xstrdup(str_eq(text, "-") ? "tar" : "local");
		w->dest = xstrdup(text);
		return 0;
	}
	for (size_t i = 0; i < fields.len; i++) {
		const char *f = fields.v[i];
		size_t len = strcspn(f, "=");
		if (f[len] != '=')
			return err_set(err, ERR_INPUT, "invalid value %s", f);
		if (strncmp(f, "type=", len + 1) == 0) {
			free(w->type);
			w->type = xstrdup(f + len + 1);
		} else if (strncmp(f, "dest=", len + 1) == 0) {
			free(w->dest);
			w->dest = xstrdup(f + len + 1);
		}
	}
	if (w->type == NULL)
		return err_set(err, ERR_INPUT, "type is required for output");
	return 0;
}

static bool
make_folder(const struct docker *d, int at, const char *name)
{
	int rc;

	if (str_eq(name, ".."))
		return true;
	client_act(&d->client, true);
	rc = mkdirat(at, name, 0755);
	client_act(&d->client, false);
	return rc == 0 || errno == EEXIST;
}

static int
open_folder(const struct docker *d, const struct words *w, struct err *err)
{
	cleanup_vec struct vec parts = VEC_INIT;
	cleanup_buf struct buf path = BUF_INIT(BUF_OURS);

	if (w->dest == NULL || *w->dest == '\0')
		return err_set(err, ERR_INPUT, "dest is required for local output");
	/* mkdir -p, each folder below the one that was opened before it */
	cleanup_fd int at =
	    client_open(&d->client, *w->dest == '/' ? "/" : ".", O_PATH | O_DIRECTORY, 0);
	vec_split(&parts, w->dest, "/");
	for (size_t i = 0; at >= 0 && i < parts.len; i++) {
		if (!make_folder(d, at, parts.v[i]))
			break;
		buf_addf(&path, "%s%s", i > 0 || *w->dest == '/' ? "/" : "", parts.v[i]);
		fd_close_p(&at);
		at = client_open(&d->client, path.s, O_PATH | O_DIRECTORY, 0);
	}
	if (at < 0 || (parts.len > 0 && !str_ends(path.s, parts.v[parts.len - 1])))
		return err_set(
		    err, ERR_SYS, "mkdir %s: %s", w->dest, docker_errno_text(errno));
	return take_fd(&at);
}

static int
open_file(const struct docker *d, const struct words *w, struct err *err)
{
	if (w->dest == NULL || str_eq(w->dest, "-")) {
		if (client_is_tty(&d->client, 'o'))
			return err_set(err, ERR_INPUT,
			    "dest file is required for %s exporter. refusing to write "
			    "to console",
			    w->type);
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	int fd = client_open(&d->client, w->dest, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	return fd < 0 ? err_set(err, ERR_SYS, "open %s: %s", w->dest,
			    docker_errno_text(errno))
		      : fd;
}

static const struct {
	const char *type;
	enum build_output kind;
} types[] = {
    {"image", BUILD_IMAGE},
    {"docker", BUILD_ARCHIVE},
    {"oci", BUILD_ARCHIVE},
    {"local", BUILD_FOLDER},
    {"tar", BUILD_TAR},
};

int
build_input_output(struct docker *d, struct build_input *in, struct err *err)
{
	__attribute__((cleanup(words_done))) struct words w = {0};
	size_t i = 0;
	const char *text = opts_next(&d->opts, "output", &i);

	if (text == NULL)
		return 0;
	if (opts_next(&d->opts, "output", &i) != NULL)
		return err_set(err, ERR_INPUT,
		    "multiple outputs currently unsupported by the current BuildKit "
		    "daemon, please upgrade to version v0.13+ or use a single output");
	if (read_words(text, &w, err) < 0)
		return -1;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(types[i].type, w.type))
			break;
	if (i == ARRAY_LEN(types))
		return err_set(
		    err, ERR_INPUT, "exporter \"%s\" could not be found", w.type);
	in->output = types[i].kind;
	/* type=docker without a file is the ordinary image */
	if (str_eq(w.type, "docker") && w.dest == NULL)
		in->output = BUILD_IMAGE;
	if (in->output == BUILD_IMAGE)
		return 0;
	in->output_fd =
	    in->output == BUILD_FOLDER ? open_folder(d, &w, err) : open_file(d, &w, err);
	return in->output_fd < 0 ? -1 : 0;
}

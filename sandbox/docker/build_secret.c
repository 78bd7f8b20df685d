/*
 * build_secret.c - --secret id=NAME[,src=FILE|,env=VARIABLE], read before the build
 *
 * Facts: buildx, util/buildflags/secrets.go; BuildKit, session/secrets/secretsprovider.
 */
#include "sandbox/docker/build_input.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum { SECRET_MAX = 500 * 1024 };

struct words {
	char *id, *file, *env, *type;
};

static void
words_done(struct words *w)
{
	free(w->id);
	free(w->file);
	free(w->env);
	free(w->type);
}

static int
read_field(const char *field, struct words *w, struct err *err)
{
	const struct {
		const char *key;
		char **to;
	} rows[] = {{"id", &w->id}, {"source", &w->file}, {"src", &w->file},
	    {"env", &w->env}, {"type", &w->type}};
	size_t len = strcspn(field, "=");

	if (field[len] != '=')
		return err_set(
		    err, ERR_INPUT, "invalid field '%s' must be a key=value pair", field);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strlen(rows[i].key) != len || strncmp(rows[i].key, field, len) != 0)
			continue;
		free(*rows[i].to);
		*rows[i].to = xstrdup(field + len + 1);
		return 0;
	}
	return err_set(
	    err, ERR_INPUT, "unexpected key '%.*s' in '%s'", (int)len, field, field);
}

static int
read_words(const char *text, struct words *w, struct err *err)
{
	cleanup_vec struct vec fields = VEC_INIT;

	vec_split(&fields, text, ",");
	for (size_t i = 0; i < fields.len; i++)
		if (read_field(fields.v[i], w, err) < 0)
			return -1;
	if (w->id == NULL || *w->id == '\0')
		return err_set(err, ERR_INPUT, "secret missing ID");
	if (w->type != NULL && !str_eq(w->type, "file") && !str_eq(w->type, "env"))
		return err_set(err, ERR_INPUT, "unsupported secret type \"%s\"", w->type);
	/* type=env,src=X is env=X */
	if (w->type != NULL && str_eq(w->type, "env") && w->env == NULL &&
	    w->file != NULL) {
		w->env = w->file;
		w->file = NULL;
	}
	return 0;
}

/* Appends the content.  1 there, 0 a variable that is not set. */
static int
read_content(
    const struct docker *d, const struct words *w, struct buf *b, struct err *err)
{
	const char *file = w->file, *name = w->env, *value;

	if (file == NULL && name == NULL) {
		if (client_getenv(&d->client, w->id) != NULL)
			name = w->id;
		else
			file = w->id;
	}
	if (file == NULL) {
		value = client_getenv(&d->client, name);
		if (value != NULL)
			buf_adds(b, value);
		return value != NULL;
	}
	cleanup_fd int fd = client_open(&d->client, file, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, ERR_NOT_FOUND, "failed to stat %s: stat %s: %s", file,
		    file, docker_errno_text(errno));
	if (fd_slurp(fd, file, b, err) == 0)
		return 1;
	return err->kind == ERR_LIMIT
		   ? err_set(err, ERR_LIMIT, "secret %s exceeds size limit 500KB", w->id)
		   : -1;
}

static int
read_secret(struct docker *d, struct build_input *in, const char *text, struct err *err)
{
	__attribute__((cleanup(words_done))) struct words w = {0};
	cleanup_buf struct buf content = BUF_INIT(SECRET_MAX);
	int rc = read_words(text, &w, err);

	if (rc == 0)
		rc = read_content(d, &w, &content, err);
	if (rc <= 0)
		return rc;
	in->secrets = xrealloc(in->secrets, (in->nsecrets + 1) * sizeof *in->secrets);
	size_t len = content.len;
	in->secrets[in->nsecrets++] = (struct build_secret){
	    .id = take_ptr(w.id), .data = buf_take(&content), .len = len};
	return 0;
}

int
build_input_secrets(struct docker *d, struct build_input *in, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "secret", &i)) != NULL;)
		if (read_secret(d, in, v, err) < 0)
			return -1;
	return 0;
}

void
build_input_forget(struct build_input *in)
{
	for (size_t i = 0; i < in->nsecrets; i++) {
		explicit_bzero((void *)in->secrets[i].data, in->secrets[i].len);
		free((void *)in->secrets[i].data);
		free((void *)in->secrets[i].id);
	}
	free(in->secrets);
}

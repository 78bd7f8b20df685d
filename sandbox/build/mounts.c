/*
 * mounts.c - the words of RUN --mount become values
 *
 * Nothing is opened here.  The shape of the words was checked by the parser; variables
 * are filled in now, one field at a time, but for from=.
 *
 * Facts: BuildKit's instructions/commands_runmount.go and
 * dockerfile2llb/convert_runmount.go
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <stdlib.h>

enum { SECRET_MODE = 0400, AGENT_MODE = 0600, CACHE_MODE = 0755, ID_MAX = 0x7fffffff };

void
build_mount_done(struct build_mount *m)
{
	free(m->target);
	free(m->source);
	free(m->id);
	free(m->env);
	free(m->size);
	free(m->from);
	build_tree_done(&m->tree);
}

bool
build_mount_takes_context(const struct build_mount *m)
{
	return m->kind == BUILD_BIND && m->from == NULL;
}

const struct vec *
build_mount_chains(const struct builder *b, const struct build_mount *m)
{
	if (m->from_image != NULL)
		return &m->from_image->chains;
	return m->from_stage >= 0 ? &b->stages[m->from_stage].chains : NULL;
}

/* ---- fields
 * ---------------------------------------------------------------------------- */

struct field {
	struct build_mount *m;
	const char *key, *value;
};

typedef int field_fn(const struct field *f, struct err *err);

static int
bad(const struct field *f, struct err *err)
{
	return err_set(err, ERR_INPUT, "invalid value for %s: %s", f->key, f->value);
}

static int
choose(const struct field *f, const char *const *words, int *ret, struct err *err)
{
	for (int i = 0; words[i] != NULL; i++)
		if (str_eq(words[i], f->value)) {
			*ret = i;
			return 0;
		}
	return err_set(err, ERR_INPUT, "unsupported mount %s \"%s\"", f->key, f->value);
}

static int
set_type(const struct field *f, struct err *err)
{
	static const char *const words[] = {
	    "bind", "cache", "tmpfs", "secret", "ssh", NULL};
	int i = 0, rc = choose(f, words, &i, err);

	f->m->kind = (enum build_mount_kind)i;
	return rc;
}

static int
set_sharing(const struct field *f, struct err *err)
{
	static const char *const words[] = {"shared", "private", "locked", NULL};
	int i = 0, rc = choose(f, words, &i, err);

	f->m->sharing = (enum build_sharing)i;
	return rc;
}

static int
read_switch(const struct field *f, bool *ret, struct err *err)
{
	static const char *const on[] = {"1", "t", "T", "true", "TRUE", "True", "", NULL};
	static const char *const off[] = {"0", "f", "F", "false", "FALSE", "False", NULL};
	int i;

	if (choose(f, on, &i, NULL) == 0)
		*ret = true;
	else if (choose(f, off, &i, NULL) == 0)
		*ret = false;
	else
		return bad(f, err);
	return 0;
}

static int
set_readonly(const struct field *f, struct err *err)
{
	bool on = false;
	int rc = read_switch(f, &on, err);

	f->m->writable = !on;
	return rc;
}

static int
set_writable(const struct field *f, struct err *err)
{
	return read_switch(f, &f->m->writable, err);
}

static int
set_required(const struct field *f, struct err *err)
{
	return read_switch(f, &f->m->required, err);
}

static int
set_mode(const struct field *f, struct err *err)
{
	char *end;

	f->m->mode = (mode_t)strtoul(f->value, &end, 8);
	f->m->mode_set = true;
	if (*f->value == '\0' || *end != '\0' || f->m->mode > 07777)
		return err_set(err, ERR_INPUT, "invalid value %s for mode", f->value);
	return 0;
}

static int
set_id_number(const struct field *f, struct err *err)
{
	uint64_t n;

	if (!str_to_u64(f->value, ID_MAX, &n))
		return err_set(
		    err, ERR_INPUT, "invalid value %s for %s", f->value, f->key);
	if (*f->key == 'u')
		f->m->uid = (uid_t)n;
	else
		f->m->gid = (gid_t)n;
	return 0;
}

static int
set_text(char **to, const char *value)
{
	free(*to);
	*to = xstrdup(value);
	return 0;
}

static int
set_target(const struct field *f, struct err *err)
{
	(void)err;
	return set_text(&f->m->target, f->value);
}

static int
set_source(const struct field *f, struct err *err)
{
	(void)err;
	return set_text(&f->m->source, f->value);
}

static int
set_id(const struct field *f, struct err *err)
{
	(void)err;
	return set_text(&f->m->id, f->value);
}

static int
set_env(const struct field *f, struct err *err)
{
	(void)err;
	return set_text(&f->m->env, f->value);
}

static int
set_from(const struct field *f, struct err *err)
{
	(void)err;
	return *f->value != '\0' ? set_text(&f->m->from, f->value) : 0;
}

/* Bytes, "64m", "1g": what tmpfs(5) understands too. */
static int
set_size(const struct field *f, struct err *err)
{
	size_t digits = strspn(f->value, "0123456789");

	if (digits == 0 || strlen(f->value + digits) > 1 ||
	    (f->value[digits] != '\0' && strchr("bBkKmMgG", f->value[digits]) == NULL))
		return err_set(err, ERR_INPUT, "invalid value for size: %s", f->value);
	set_text(&f->m->size, f->value);
	if (f->value[digits] == 'b' || f->value[digits] == 'B')
		f->m->size[digits] = '\0';
	return 0;
}

static const struct {
	const char *key;
	field_fn *set;
} rows[] = {
    {"type", set_type},
    {"from", set_from},
    {"source", set_source},
    {"src", set_source},
    {"target", set_target},
    {"dst", set_target},
    {"destination", set_target},
    {"readonly", set_readonly},
    {"ro", set_readonly},
    {"readwrite", set_writable},
    {"rw", set_writable},
    {"id", set_id},
    {"sharing", set_sharing},
    {"required", set_required},
    {"size", set_size},
    {"mode", set_mode},
    {"uid", set_id_number},
    {"gid", set_id_number},
    {"env", set_env},
};

/* ---- what was not written
 * ---------------------------------------------------------------- */

static int
find_from(
    struct builder *b, const struct build_step *s, struct build_mount *m, struct err *err)
{
	if (m->from == NULL)
		return 0;
	m->from_stage = dockerfile_find_stage(b->df, m->from, err);
	if (m->from_stage == -2)
		return -1;
	if (m->from_stage < 0)
		m->from_image = build_image_get(b, m->from, s->in->lines, err);
	return m->from_stage >= 0 || m->from_image != NULL ? 0 : -1;
}

/* How many agents the step shows already; the last of its mounts is being made. */
static int
nth_agent(const struct build_step *s)
{
	int n = 0;

	for (size_t i = 0; i + 1 < s->nmounts; i++)
		n += s->mounts[i].kind == BUILD_SSH;
	return n;
}

/* A secret is called by its source, its id or the end of its target. */
static void
fill_secret(const struct build_step *s, struct build_mount *m)
{
	if (m->source != NULL)
		set_text(&m->id, m->source);
	if (m->id == NULL)
		m->id = xstrdup(m->target != NULL ? path_base(m->target) : "default");
	if (m->target == NULL && m->kind == BUILD_SSH)
		m->target = xasprintf("/run/buildkit/ssh_agent.%d", nth_agent(s));
	else if (m->target == NULL && m->env == NULL)
		m->target = xasprintf("/run/secrets/%s", path_base(m->id));
	if (!m->mode_set)
		m->mode = m->kind == BUILD_SSH ? AGENT_MODE : SECRET_MODE;
}

static int
fill(
    struct builder *b, const struct build_step *s, struct build_mount *m, struct err *err)
{
	if (m->kind == BUILD_SECRET || m->kind == BUILD_SSH)
		fill_secret(s, m);
	else if (m->target == NULL) /* the working directory */
		m->target = xstrdup(".");
	if (m->kind == BUILD_CACHE && m->id == NULL)
		m->id = path_clean(m->target);
	if (m->kind == BUILD_CACHE && !m->mode_set)
		m->mode = CACHE_MODE;
	if (m->target != NULL) {
		char *path = path_join(s->cwd, m->target);
		free(m->target);
		m->target = path_clean_root(path);
		free(path);
		if (str_eq(m->target, "/"))
			return err_set(err, ERR_INPUT, "invalid mount target \"/\"");
	}
	if (m->source == NULL)
		m->source = xstrdup("/");
	return find_from(b, s, m, err);
}

/* ---- one mount
 * ---------------------------------------------------------------------------- */

static int
set_field(struct builder *b, const struct build_stage *st, struct build_mount *m,
    const char *pair, struct err *err)
{
	size_t len = strcspn(pair, "=");
	cleanup_free char *key = xstrndup(pair, len);
	const char *written = pair[len] == '=' ? pair + len + 1 : "";

	for (char *p = key; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	cleanup_free char *value =
	    str_eq(key, "from") ? xstrdup(written) : build_expand(b, st, written, err);
	if (value == NULL)
		return -1;
	const struct field f = {m, key, value};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].key, key))
			return rows[i].set(&f, err);
	return err_set(err, ERR_INPUT, "unexpected key '%s' in '%s'", key, pair);
}

static bool
says_writable(const struct vec *pairs)
{
	static const char *const keys[] = {"ro", "readonly", "rw", "readwrite"};

	for (size_t i = 0; i < pairs->len; i++)
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
			const char *rest = str_after(pairs->v[i], keys[k]);
			if (rest != NULL && (*rest == '\0' || *rest == '='))
				return true;
		}
	return false;
}

static int
convert(struct builder *b, const struct build_stage *st, const struct build_step *s,
    const char *text, struct build_mount *m, struct err *err)
{
	cleanup_vec struct vec pairs = VEC_INIT;

	*m = (struct build_mount){.from_stage = -1};
	if (dockerfile_mount(text, &pairs, err) < 0 ||
	    dockerfile_mount_check(&pairs, err) < 0)
		return -1;
	for (size_t i = 0; i < pairs.len; i++)
		if (set_field(b, st, m, pairs.v[i], err) < 0)
			return -1;
	if (!says_writable(&pairs))
		m->writable = m->kind == BUILD_CACHE || m->kind == BUILD_TMPFS;
	return fill(b, s, m, err);
}

int
build_convert_mounts(
    struct builder *b, struct build_stage *st, struct build_step *s, struct err *err)
{
	for (size_t i = 0; i < s->in->n_flags; i++) {
		if (!str_eq(s->in->flags[i].name, "mount"))
			continue;
		s->mounts = xrealloc(s->mounts, (s->nmounts + 1) * sizeof *s->mounts);
		if (convert(b, st, s, s->in->flags[i].value, &s->mounts[s->nmounts++],
			err) < 0)
			return -1;
	}
	return 0;
}

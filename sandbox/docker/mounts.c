/*
 * mounts.c - the texts of -v, --tmpfs and --mount
 *
 * Formats and complaints: moby, volume/mounts/linux_parser.go; docker/cli,
 * cli/compose/loader/volume.go and opts/mount.go.
 */
#include "sandbox/docker/mounts.h"
#include <stdlib.h>

static const char bind_missing[] =
    "invalid mount config for type \"bind\": bind source path does not exist: %s";

/* ---- what both ways of writing share ---------------------------------------------- */

/* The folder of the user's on the host, as the engine will open it at every start. */
static int
bind_source(
    struct docker *d, struct container_mount *m, const char *path, struct err *err)
{
	bool exists = false;

	m->source = client_host_path(&d->client, path, &exists);
	if (m->source == NULL) {
		err_set(err, ERR_INPUT, "'%s' is in the workstation only", path);
		return err_hint(
		    err, "Drydock shows a container only what lies in the workspace");
	}
	m->straight = d->client.root >= 0;
	if (!exists && !m->make)
		return err_set(err, ERR_INPUT, bind_missing, path);
	return 0;
}

/* Is there a mount at the target already, or is it none? */
static int
check_target(const struct container_config *c, const char *type, const char *target,
    struct err *err)
{
	cleanup_free char *clean = path_clean(target);

	if (target[0] != '/')
		return err_set(err, ERR_INPUT,
		    "invalid mount config for type \"%s\": invalid mount path: '%s' "
		    "mount path must be absolute",
		    type, target);
	if (str_eq(clean, "/"))
		return err_set(err, ERR_INPUT,
		    "invalid mount config for type \"%s\": invalid specification: "
		    "destination can't be '/'",
		    type);
	if (container_mount_at(c, target) != NULL)
		return err_set(err, ERR_INPUT, "Duplicate mount point: %s", clean);
	return 0;
}

/* name NULL: an anonymous one. */
static int
add_volume(struct container_config *c, const char *name, const char *target,
    struct container_mount **ret, struct err *err)
{
	struct container_mount *m;

	if (name != NULL && container_volume_check(name, err) < 0)
		return -1;
	m = *ret = container_add_mount(c, CONTAINER_VOLUME, target);
	m->copy = true;
	m->anonymous = name == NULL;
	m->source = name != NULL ? xstrdup(name) : xcalloc(1, 65);
	if (name == NULL)
		str_random_hex(m->source, 64);
	return 0;
}

/* ---- -v -----------------------------------------------------------------------------
 */

static bool
is_mode(const char *text)
{
	static const char *const known[] = {"ro", "rw", "z", "Z", "nocopy", "consistent",
	    "cached", "delegated", "private", "rprivate", "shared", "rshared", "slave",
	    "rslave", NULL};
	cleanup_vec struct vec words = VEC_INIT;

	vec_split(&words, text, ",");
	for (size_t i = 0; i < words.len; i++) {
		size_t k = 0;

		while (known[k] != NULL && !str_eq(known[k], words.v[i]))
			k++;
		if (known[k] == NULL)
			return false;
	}
	return words.len > 0;
}

static bool
has_word(const char *list, const char *word)
{
	cleanup_vec struct vec words = VEC_INIT;

	vec_split(&words, list != NULL ? list : "", ",");
	return vec_has(&words, word);
}

static int
bad_spec(const char *text, struct err *err)
{
	char why[ERR_TEXT_MAX];

	if (err->text[0] == '\0')
		return err_set(
		    err, ERR_INPUT, "invalid volume specification: '%s'", text);
	if (str_starts(err->text, "Duplicate") || err->hint[0] != '\0')
		return -1;
	snprintf(why, sizeof why, "%s", err->text);
	return err_set(
	    err, ERR_INPUT, "invalid volume specification: '%.500s': %.1000s", text, why);
}

static int
add_written(struct docker *d, struct container_config *c, const char *source,
    const char *target, const char *mode, struct err *err)
{
	bool folder =
	    source != NULL && (source[0] == '/' || source[0] == '.' || source[0] == '~');
	struct container_mount *m;

	if (check_target(c, folder ? "bind" : "volume", target, err) < 0)
		return -1;
	if (!folder && add_volume(c, source, target, &m, err) < 0)
		return -1;
	if (folder) {
		m = container_add_mount(c, CONTAINER_BIND, target);
		m->make = true;
		if (bind_source(d, m, source, err) < 0)
			return -1;
	}
	m->readonly = has_word(mode, "ro");
	m->copy &= !has_word(mode, "nocopy");
	m->options = mode != NULL ? xstrdup(mode) : folder ? NULL : xstrdup("z");
	if (source != NULL) {
		cleanup_free char *shown =
		    folder ? client_path(&d->client, source) : xstrdup(source);

		vec_addf(&c->binds, "%s:%s%s%s", shown, target, mode != NULL ? ":" : "",
		    mode != NULL ? mode : "");
	}
	return 0;
}

int
docker_check_volume(const char *text, struct err *err)
{
	size_t len = strlen(text);

	if (len == 0)
		return err_set(err, ERR_INPUT, "invalid empty volume spec");
	if (text[0] == ':' || text[len - 1] == ':' || strstr(text, "::") != NULL)
		return err_set(err, ERR_INPUT,
		    "invalid spec: %s: empty section between colons", text);
	return 0;
}

static int
parse_volume(
    struct docker *d, struct container_config *c, const char *text, struct err *err)
{
	cleanup_vec struct vec part = VEC_INIT;

	vec_split(&part, text, ":");
	if (part.len == 1)
		return add_written(d, c, NULL, part.v[0], NULL, err) < 0
			   ? bad_spec(text, err)
			   : 0;
	if (part.len > 3 || (part.len == 2 && is_mode(part.v[1])))
		return bad_spec(text, err);
	if (part.len == 3 && !is_mode(part.v[2]))
		return err_set(err, ERR_INPUT, "invalid mode: %s", part.v[2]);
	if (add_written(
		d, c, part.v[0], part.v[1], part.len == 3 ? part.v[2] : NULL, err) == 0)
		return 0;
	return str_starts(err->text, "invalid mount config") ? bad_spec(text, err) : -1;
}

/* ---- --tmpfs ---------------------------------------------------------------------- */

/* Words that are flags, and what mount(2) reads itself. */
static bool
is_tmpfs_option(const char *word)
{
	static const char *const flags[] = {"rw", "ro", "exec", "noexec", "suid",
	    "nosuid", "dev", "nodev", "async", "sync", "atime", "noatime", "relatime",
	    "size=", "mode=", "uid=", "gid=", "nr_inodes=", "nr_blocks="};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (str_ends(flags[i], "=") ? str_after(word, flags[i]) != NULL
					    : str_eq(word, flags[i]))
			return true;
	return false;
}

static int
parse_tmpfs(struct container_config *c, const char *text, struct err *err)
{
	const char *colon = strchr(text, ':');
	cleanup_free char *target =
	    xstrndup(text, colon ? (size_t)(colon - text) : strlen(text));
	cleanup_vec struct vec words = VEC_INIT;
	struct container_mount *m;

	vec_split(&words, colon != NULL ? colon + 1 : "", ",");
	for (size_t i = 0; i < words.len; i++)
		if (!is_tmpfs_option(words.v[i]))
			return err_set(
			    err, ERR_INPUT, "invalid tmpfs option [\"%s\"]", words.v[i]);
	if (check_target(c, "tmpfs", target, err) < 0)
		return -1;
	m = container_add_mount(c, CONTAINER_TMPFS, target);
	m->options = colon != NULL ? xstrdup(colon + 1) : NULL;
	m->readonly = vec_has(&words, "ro");
	m->exec = vec_has(&words, "exec");
	return 0;
}

/* ---- --mount ---------------------------------------------------------------------- */

static int
add_asked(struct docker *d, struct container_config *c, const struct mount_flag *f,
    struct err *err)
{
	struct container_mount *m;

	if (check_target(c, f->type, f->target, err) < 0)
		return -1;
	if (str_eq(f->type, "volume")) {
		if (add_volume(c, f->source, f->target, &m, err) < 0)
			return -1;
		m->copy &= !f->nocopy;
	} else {
		bool bind = str_eq(f->type, "bind");

		m = container_add_mount(
		    c, bind ? CONTAINER_BIND : CONTAINER_TMPFS, f->target);
		if (bind && f->source == NULL)
			return err_set(err, ERR_INPUT,
			    "invalid mount config for type \"bind\": field Source must "
			    "not be empty");
		if (bind && bind_source(d, m, f->source, err) < 0)
			return -1;
		if (!bind)
			m->options = xasprintf("%s%s%s%s", f->size ? "size=" : "",
			    f->size ? f->size : "",
			    f->size && f->mode ? ",mode="
			    : f->mode          ? "mode="
					       : "",
			    f->mode ? f->mode : "");
	}
	m->by_mount = true;
	m->readonly = f->readonly;
	return 0;
}

/* ---- --volumes-from --------------------------------------------------------------- */

/* "NAME[:ro|rw]": what that container has, where nothing of our own is. */
static int
take_from(struct docker *d, struct container_config *c, const char *text, struct err *err)
{
	cleanup_container_config struct container_config *from = NULL;
	const char *mode = strchr(text, ':');
	cleanup_free char *name = xstrndup(text, strcspn(text, ":"));
	char id[65];

	if (mode != NULL && !is_mode(mode + 1))
		return err_set(err, ERR_INPUT, "invalid mode: %s", mode + 1);
	if (container_find(d->session, name, id, err) < 0 ||
	    container_load(d->session, id, &from, err) < 0)
		return -1;
	for (size_t i = 0; i < from->nmounts; i++) {
		const struct container_mount *old = &from->mounts[i];
		struct container_mount *m;

		if (old->kind == CONTAINER_TMPFS ||
		    container_mount_at(c, old->target) != NULL)
			continue;
		m = container_add_mount(c, old->kind, old->target);
		m->source = xstrdup(old->source);
		m->options =
		    old->options != NULL && *old->options ? xstrdup(old->options) : NULL;
		m->readonly = old->readonly || (mode != NULL && has_word(mode + 1, "ro"));
		m->copy = old->copy;
	}
	return 0;
}

int
docker_take_mounts(
    struct docker *d, struct container_config *c, const json_t *image, struct err *err)
{
	const char *v;
	json_t *value;

	for (size_t i = 0; (v = opts_next(&d->opts, "volume", &i)) != NULL;)
		if (parse_volume(d, c, v, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(&d->opts, "mount", &i)) != NULL;) {
		cleanup_mount_flag struct mount_flag f = {0};

		if (mount_flag_parse(&f, v, err) < 0 || add_asked(d, c, &f, err) < 0)
			return -1;
	}
	for (size_t i = 0; (v = opts_next(&d->opts, "tmpfs", &i)) != NULL;)
		if (parse_tmpfs(c, v, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(&d->opts, "volumes-from", &i)) != NULL;)
		if (take_from(d, c, v, err) < 0)
			return -1;
	json_object_foreach(json_object_get(image, "Volumes"), v, value)
	{
		struct container_mount *m;

		if (container_mount_at(c, v) == NULL &&
		    add_volume(c, NULL, v, &m, err) < 0)
			return -1;
	}
	return 0;
}

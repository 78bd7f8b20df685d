/*
 * mount_flag.c - "type=bind,source=/a,target=/b,readonly" (docker/cli, opts/mount.go)
 */
#include "sandbox/docker/mounts.h"
#include <stdlib.h>

void
mount_flag_done(struct mount_flag *f)
{
	free(f->type);
	free(f->source);
	free(f->target);
	free(f->size);
	free(f->mode);
}

static const struct key {
	const char *name;
	size_t text;   /* member it is copied to */
	size_t truth;  /* member it sets */
	bool switches; /* truth counts; may stand without a value */
	bool ignored;
} keys[] = {
    {.name = "type", .text = offsetof(struct mount_flag, type)},
    {.name = "source", .text = offsetof(struct mount_flag, source)},
    {.name = "src", .text = offsetof(struct mount_flag, source)},
    {.name = "target", .text = offsetof(struct mount_flag, target)},
    {.name = "dst", .text = offsetof(struct mount_flag, target)},
    {.name = "destination", .text = offsetof(struct mount_flag, target)},
    {.name = "tmpfs-size", .text = offsetof(struct mount_flag, size)},
    {.name = "tmpfs-mode", .text = offsetof(struct mount_flag, mode)},
    {.name = "readonly",
	.truth = offsetof(struct mount_flag, readonly),
	.switches = true},
    {.name = "ro", .truth = offsetof(struct mount_flag, readonly), .switches = true},
    {.name = "volume-nocopy",
	.truth = offsetof(struct mount_flag, nocopy),
	.switches = true},
    {.name = "consistency", .ignored = true},
    {.name = "bind-propagation", .ignored = true},
};

static int
take_field(struct mount_flag *f, const char *field, struct err *err)
{
	const char *eq = strchr(field, '='), *value = eq != NULL ? eq + 1 : NULL;
	cleanup_free char *name = xstrndup(field, strcspn(field, "="));
	const struct key *k = NULL;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(keys[i].name, name))
			k = &keys[i];
	if (value == NULL && (k == NULL || !k->switches))
		return err_set(
		    err, ERR_INPUT, "invalid field '%s' must be a key=value pair", field);
	if (k == NULL)
		return err_set(
		    err, ERR_INPUT, "unexpected key '%s' in '%s'", name, field);
	if (k->switches) {
		bool *truth = (bool *)((char *)f + k->truth);

		*truth = true;
		if (value != NULL && !opts_parse_bool(value, truth))
			return err_set(
			    err, ERR_INPUT, "invalid value for %s: %s", name, value);
	} else if (!k->ignored) {
		char **text = (char **)((char *)f + k->text);

		free(*text);
		*text = xstrdup(value);
	}
	return 0;
}

static int
check(const struct mount_flag *f, struct err *err)
{
	if (!str_eq(f->type, "bind") && !str_eq(f->type, "volume") &&
	    !str_eq(f->type, "tmpfs"))
		return err_set(err, ERR_INPUT, "mount type unknown: \"%s\"", f->type);
	if (f->target == NULL || f->target[0] == '\0')
		return err_set(err, ERR_INPUT, "target is required");
	if (f->nocopy && !str_eq(f->type, "volume"))
		return err_set(err, ERR_INPUT,
		    "cannot mix 'volume-*' options with mount type '%s'", f->type);
	if ((f->size != NULL || f->mode != NULL) && !str_eq(f->type, "tmpfs"))
		return err_set(err, ERR_INPUT,
		    "cannot mix 'tmpfs-*' options with mount type '%s'", f->type);
	return 0;
}

int
mount_flag_parse(struct mount_flag *f, const char *text, struct err *err)
{
	cleanup_vec struct vec fields = VEC_INIT;

	vec_split(&fields, text, ",");
	for (size_t i = 0; i < fields.len; i++)
		if (take_field(f, fields.v[i], err) < 0)
			return -1;
	if (f->type == NULL)
		f->type = xstrdup("volume");
	return check(f, err);
}

/*
 * rights.c - --cap-add, --cap-drop, --security-opt, --privileged
 *
 * docker/cli, cli/command/container/opts.go (parseSecurityOpts) and opts/capabilities.go.
 */
#include "sandbox/docker/command.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum { PROFILE_MAX = 1 << 20 };

/* ---- capabilities -------------------------------------------------------------------
 */

/* "net_admin" is CAP_NET_ADMIN, "all" is ALL. */
static char *
cap_name(const char *text)
{
	cleanup_free char *up = xstrdup(text);

	for (char *p = up; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	if (str_eq(up, "ALL") || str_starts(up, "CAP_"))
		return take_ptr(up);
	return xasprintf("CAP_%s", up);
}

static void
read_caps(const struct opts *o, const char *option, struct vec *ret)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(o, option, &i)) != NULL;) {
		cleanup_free char *name = cap_name(v);

		if (!vec_has(ret, name))
			vec_add(ret, name);
	}
	if (vec_has(ret, "ALL")) {
		vec_done(ret);
		*ret = (struct vec)VEC_INIT;
		vec_add(ret, "ALL");
	}
	vec_sort(ret);
}

static void
take_caps(const struct opts *o, struct container_config *c)
{
	cleanup_vec struct vec drop = VEC_INIT;

	read_caps(o, "cap-add", &c->cap_add);
	read_caps(o, "cap-drop", &drop);
	for (size_t i = 0; i < drop.len; i++)
		if (!vec_has(&c->cap_add, drop.v[i]))
			vec_add(&c->cap_drop, drop.v[i]);
}

/* ---- --security-opt -----------------------------------------------------------------
 */

/* "no-new-privileges", "seccomp=FILE", "label:disable": value, or NULL when it lacks. */
static const char *
value_of(const char *text)
{
	const char *v = strchr(text, '=');

	if (v == NULL && !str_starts(text, "no-new-privileges"))
		v = strchr(text, ':');
	return v != NULL && v[1] != '\0' ? v + 1 : NULL;
}

/* The profile itself is kept: its file may be gone at the next start. */
static int
read_profile(const struct docker *d, const char *file, struct vec *out, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(PROFILE_MAX);
	cleanup_fd int fd = client_open(&d->client, file, O_RDONLY, 0);

	if (fd < 0)
		return err_set(err, ERR_INPUT,
		    "opening seccomp profile (%s) failed: open %s: %s", file, file,
		    docker_errno_text(errno));
	if (fd_slurp(fd, file, &b, err) < 0)
		return -1;
	json_error_t why;
	cleanup_json json_t *j = json_loads(b.s, 0, &why);
	if (j == NULL)
		return err_set(err, ERR_INPUT,
		    "compacting json for seccomp profile (%s) failed: %s", file,
		    why.text);
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);
	vec_addf(out, "seccomp=%s", text);
	return 0;
}

static int
take_security(struct docker *d, struct vec *out, struct err *err)
{
	const char *v, *value;

	for (size_t i = 0; (v = opts_next(&d->opts, "security-opt", &i)) != NULL;) {
		value = value_of(v);
		if (value == NULL && !str_starts(v, "no-new-privileges"))
			return err_set(
			    err, ERR_INPUT, "invalid --security-opt: \"%s\"", v);
		if (str_starts(v, "seccomp") && !str_eq(value, "unconfined") &&
		    !str_eq(value, "builtin")) {
			if (read_profile(d, value, out, err) < 0)
				return -1;
		} else if (str_starts(v, "seccomp")) {
			vec_addf(out, "seccomp=%s", value);
		} else {
			vec_add(out, v);
		}
	}
	return 0;
}

/* ---- all of them -------------------------------------------------------------------
 */

int
docker_check_rights(struct docker *d, struct err *err)
{
	cleanup_vec struct vec security = VEC_INIT;

	return take_security(d, &security, err);
}

int
docker_take_rights(struct docker *d, struct container_config *c, struct err *err)
{
	c->privileged = opts_on(&d->opts, "privileged");
	take_caps(&d->opts, c);
	if (take_security(d, &c->security, err) < 0 || container_check_rights(c, err) < 0)
		return -1;
	if (c->privileged)
		fprintf(stderr,
		    "WARNING: --privileged gives every right inside the container's own "
		    "user namespace; devices, modules and settings of the host stay "
		    "closed\n");
	return 0;
}

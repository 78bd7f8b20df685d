/*
 * rights.c - what a container may do, from its record to the runtime's words
 *
 * moby: daemon/container.go (verifyContainerSettings), daemon_unix.go (parseSecurityOpt).
 */
#include "sandbox/container/private.h"

static int
check_names(const struct vec *names, const char *what, struct err *err)
{
	for (size_t i = 0; i < names->len; i++)
		if (!str_eq(names->v[i], "ALL") && runtime_capability(names->v[i]) < 0)
			return err_set(err, ERR_INPUT,
			    "invalid %s: unknown capability: \"%s\"", what, names->v[i]);
	return 0;
}

/* Of "key=value" and "key:value": length of key, and value; NULL: there is none. */
static const char *
cut(const char *text, size_t *ret_key)
{
	size_t n = strcspn(text, "=");

	if (text[n] == '\0')
		n = strcspn(text, ":");
	*ret_key = n;
	return text[n] != '\0' ? text + n + 1 : NULL;
}

/* Values of no-new-privileges, by strconv.ParseBool. */
static bool
is_bool(const char *v, bool *ret)
{
	static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"},
				 *const no[] = {"0", "f", "F", "false", "FALSE", "False"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		*ret = str_eq(v, yes[i]);
		if (*ret || str_eq(v, no[i]))
			return true;
	}
	return false;
}

/* apparmor and label name what this machine's kernel does not do for containers here:
 * accepted, as by a Docker on such a machine. */
static bool
read_option(const char *text, struct runtime_rights *r)
{
	static const char *const other[] = {"apparmor", "label"};
	size_t n;
	const char *v = cut(text, &n);
	cleanup_free char *key = xstrndup(text, n);

	if (str_eq(text, "disable"))
		return true;
	if (str_eq(key, "no-new-privileges")) {
		r->no_new_privs = true;
		return v == NULL || is_bool(v, &r->no_new_privs);
	}
	if (v == NULL)
		return false;
	if (str_eq(key, "seccomp")) {
		r->seccomp = str_eq(v, "builtin") ? NULL : v;
		return true;
	}
	if (str_eq(text, "systempaths=unconfined")) {
		r->open_paths = true;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (str_eq(key, other[i]))
			return true;
	return false;
}

int
container_check_rights(const struct container_config *c, struct err *err)
{
	struct runtime_rights r = {.caps = 0};

	if (check_names(&c->cap_add, "CapAdd", err) < 0 ||
	    check_names(&c->cap_drop, "CapDrop", err) < 0)
		return -1;
	for (size_t i = 0; i < c->security.len; i++)
		if (!read_option(c->security.v[i], &r))
			return err_set(err, ERR_INPUT, "invalid --security-opt 2: \"%s\"",
			    c->security.v[i]);
	return 0;
}

void
rights_of(const struct container_config *c, struct runtime_rights *r)
{
	*r = (struct runtime_rights){
	    .caps = runtime_capabilities(&c->cap_add, &c->cap_drop)};
	for (size_t i = 0; i < c->security.len; i++)
		(void)read_option(c->security.v[i], r);
	if (!c->privileged)
		return;
	r->caps = RUNTIME_CAPS_ALL;
	r->seccomp = r->seccomp != NULL ? r->seccomp : RUNTIME_UNCONFINED;
	r->open_paths = r->own_all = true;
}

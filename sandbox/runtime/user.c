/*
 * user.c - config.User in the words of the image's own passwd(5) and group(5)
 *
 * Parsed here: the host's name services have nothing to say about an image, and must
 * never load a library from it.
 */
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, FIELDS = 7 };

static void
slurp(int root, const char *path, struct buf *b)
{
	cleanup_fd int fd = fd_open_in(root, path, O_RDONLY | O_NONBLOCK, 0);

	if (fd >= 0)
		(void)fd_slurp(fd, path, b, NULL);
}

/* Cuts one line into its fields, in place; returns their number. */
static size_t
cut(char *line, char *field[FIELDS])
{
	size_t n = 0;

	for (; n < FIELDS && line != NULL; n++)
		field[n] = strsep(&line, ":");
	return n;
}

static bool
is_id(const char *s, unsigned *ret)
{
	uint64_t n;

	if (!str_to_u64(s, 0x7fffffff, &n))
		return false;
	*ret = (unsigned)n;
	return true;
}

/* The passwd line of a name or number: 1 found, 0 not. */
static int
find_user(struct plan *p, char *passwd, const char *name, char *login, size_t size)
{
	unsigned id = 0;
	bool numeric = is_id(name, &id);

	for (char *line; (line = strsep(&passwd, "\n")) != NULL;) {
		char *f[FIELDS];

		if (cut(line, f) < 6)
			continue;
		if (!str_eq(f[0], name) && !(numeric && strtoul(f[2], NULL, 10) == id))
			continue;
		p->uid = (unsigned)strtoul(f[2], NULL, 10);
		p->gid = (unsigned)strtoul(f[3], NULL, 10);
		snprintf(p->home, sizeof p->home, "%s", f[5]);
		snprintf(login, size, "%s", f[0]);
		return 1;
	}
	return 0;
}

static bool
is_member(char *members, const char *login)
{
	for (char *m; (m = strsep(&members, ",")) != NULL;)
		if (str_eq(m, login))
			return true;
	return false;
}

/* group NULL: gather the groups that login is a member of; else find that group. */
static bool
read_groups(struct plan *p, char *text, const char *group, const char *login)
{
	unsigned id = 0;
	bool numeric = group != NULL && is_id(group, &id);

	for (char *line; (line = strsep(&text, "\n")) != NULL;) {
		char *f[FIELDS];
		unsigned gid;

		if (cut(line, f) < 4)
			continue;
		gid = (unsigned)strtoul(f[2], NULL, 10);
		if (group != NULL && (str_eq(f[0], group) || (numeric && gid == id))) {
			p->gid = gid;
			return true;
		}
		if (group == NULL && *login != '\0' && gid != p->gid &&
		    p->ngroups < ARRAY_LEN(p->groups) && is_member(f[3], login))
			p->groups[p->ngroups++] = gid;
	}
	if (numeric)
		p->gid = id;
	return numeric;
}

/* The groups that --group-add names. */
static int
add_groups(struct plan *p, const char *text, struct err *err)
{
	const char *const *g = p->spec->groups;

	for (; g != NULL && *g != NULL; g++) {
		cleanup_free char *copy = xstrdup(text);
		unsigned own = p->gid, found;
		bool ok = read_groups(p, copy, *g, NULL);

		found = p->gid;
		p->gid = own;
		if (!ok)
			return err_set(err, ERR_NOT_FOUND,
			    "Unable to find group %s: no matching entries in group file",
			    *g);
		if (p->ngroups < ARRAY_LEN(p->groups))
			p->groups[p->ngroups++] = found;
	}
	return 0;
}

int
user_find(struct plan *p, int root, const char *user, struct err *err)
{
	cleanup_buf struct buf passwd = BUF_INIT(FILE_MAX), groups = BUF_INIT(FILE_MAX);
	cleanup_free char *copy = xstrdup(*user ? user : "0");
	char *group = copy, *name = strsep(&group, ":"), login[64] = "";

	snprintf(p->home, sizeof p->home, "/");
	slurp(root, "/etc/passwd", &passwd);
	slurp(root, "/etc/group", &groups);
	cleanup_free char *all = xstrdup(groups.s);
	if (*name == '\0')
		name = (char *)"0";
	if (!find_user(p, passwd.s, name, login, sizeof login)) {
		p->gid = 0;
		if (!is_id(name, &p->uid))
			return err_set(err, ERR_NOT_FOUND,
			    "unable to find user %s: no matching entries in passwd file",
			    name);
		if (p->uid == 0)
			snprintf(p->home, sizeof p->home, "/root");
	}
	if (group != NULL && *group != '\0') {
		if (!read_groups(p, groups.s, group, NULL))
			return err_set(err, ERR_NOT_FOUND,
			    "unable to find group %s: no matching entries in group file",
			    group);
		p->groups[p->ngroups++] = p->gid;
		return add_groups(p, all, err);
	}
	p->groups[p->ngroups++] = p->gid;
	read_groups(p, groups.s, NULL, login);
	return add_groups(p, all, err);
}

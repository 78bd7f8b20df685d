/*
 * cp.c - docker cp: which way, and the rules of naming
 *
 * Facts: docker/cli's cp command and moby's archive/copy.go.
 */
#include "sandbox/docker/cp.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

void
cp_place_done(struct cp_place *p)
{
	free(p->path);
	free(p->link);
}

void
cp_say(const struct cp *c, uint64_t bytes, const char *where, const char *path)
{
	char text[FORMAT_TEXT];

	if (c->quiet)
		return;
	format_size((double)bytes, text);
	fprintf(stderr, "Successfully copied %s to %s%s\n", text, where, path);
}

/* ---- looking ----------------------------------------------------------------------- */

struct looking {
	const char *path;
	struct seen {
		bool exists;
		mode_t mode;
		char link[4096];
	} * seen; /* shared with the child */
};

static int
look(void *arg, int root, struct err *err)
{
	const struct looking *l = arg;
	cleanup_free char *dir = NULL, *base = NULL;
	struct stat st;

	(void)err;
	cp_path_parts(l->path, &dir, &base);
	cleanup_fd int at = fd_open_in(root, dir, O_PATH | O_DIRECTORY, 0);
	if (at < 0 || fstatat(at, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	l->seen->exists = true;
	l->seen->mode = st.st_mode;
	if (S_ISLNK(st.st_mode)) {
		cleanup_free char *to = cp_path_follow(root, l->path);

		str_copy(l->seen->link, sizeof l->seen->link, to);
	}
	return 0;
}

int
cp_look(const struct cp *c, const char *path, struct cp_place *ret, struct err *err)
{
	struct seen *seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct looking l = {.path = path, .seen = seen};
	int rc;

	*ret = (struct cp_place){.path = xstrdup(path)};
	if (seen == MAP_FAILED)
		return err_sys(err, "cannot share memory");
	rc = container_within(c->d->session, c->id, look, &l, err);
	ret->exists = seen->exists;
	ret->mode = seen->mode;
	ret->folder = S_ISDIR(seen->mode);
	ret->link = seen->link[0] != '\0' ? xstrdup(seen->link) : NULL;
	munmap(seen, sizeof *seen);
	return rc;
}

/* ---- naming ------------------------------------------------------------------------ */

int
cp_rename(bool folder, const struct cp_place *dest, char **ret_dir, char **ret_as,
    struct err *err)
{
	*ret_as = NULL;
	if (dest->exists && dest->folder) {
		*ret_dir = xstrdup(dest->path);
		return 0;
	}
	*ret_dir = NULL;
	if (dest->exists && folder)
		return err_set(err, ERR_INPUT, "cannot copy directory");
	if (!dest->exists && !folder && cp_path_is_folder(dest->path))
		return err_set(err, ERR_INPUT, "no such directory");
	cp_path_parts(dest->path, ret_dir, ret_as);
	if (cp_path_is_dot(dest->path)) { /* "new/." names the folder that it is in */
		cleanup_free char *whole = take_ptr(*ret_dir);

		free(*ret_as);
		cp_path_parts(whole, ret_dir, ret_as);
	}
	return 0;
}

/* ---- the command ------------------------------------------------------------------- */

static int
complain(const char *text)
{
	fprintf(stderr, "%s\n", text);
	return 1;
}

static int
find(struct cp *c, struct err *err)
{
	return container_find(c->d->session, c->name, c->id, err);
}

int
docker_cp(struct docker *d)
{
	const char *from = d->opts.args[0], *to = d->opts.args[1];
	cleanup_free char *from_name = NULL, *to_name = NULL;
	struct err err = ERR_INIT;
	struct cp c = {.d = d,
	    .archive = opts_on(&d->opts, "archive"),
	    .follow = opts_on(&d->opts, "follow-link"),
	    .quiet = opts_given(&d->opts, "quiet") ? opts_on(&d->opts, "quiet")
						   : !client_is_tty(&d->client, 'o')};

	if (from[0] == '\0')
		return complain("source can not be empty");
	if (to[0] == '\0')
		return complain("destination can not be empty");
	from = cp_path_split(from, &from_name);
	to = cp_path_split(to, &to_name);
	if (from_name != NULL && to_name != NULL)
		return complain("copying between containers is not supported");
	if (from_name == NULL && to_name == NULL)
		return complain("must specify at least one container source");
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	c.name = from_name != NULL ? from_name : to_name;
	if (find(&c, &err) < 0)
		c.id[0] = '\0'; /* said when Docker would ask for it */
	return from_name != NULL ? cp_out(&c, from, to) : cp_in(&c, from, to);
}

/*
 * wheels.c - the folder of wheels in DRYDOCK_HOME
 */
#include "sandbox/base/hash.h"
#include "sandbox/setup/added.h"
#include "sandbox/setup/assets.h"
#include "sandbox/setup/deb.h"
#include "sandbox/setup/dpkg.h"
#include "sandbox/setup/recipe.h"
#include "sandbox/setup/wheel.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX "wheels.json"
#define FOLDER "wheels"
#define UNFINISHED "wheels.new"

/* Raised when the way in which wheels are made changes. */
enum { FORM = 1 };

/* What a package has for us. */
struct found {
	struct tree files; /* below dist-packages */
	char *copyright;
	struct tree ready; /* wheels that are ready: "/NAME.whl" */
};

static int
on_file(void *arg, struct deb_entry *e, struct err *err)
{
	struct found *f = arg;
	const char *rest;

	(void)err;
	if (e->type != DEB_FILE)
		return 0;
	if ((rest = str_after(e->path, "/usr/lib/python3/dist-packages")) != NULL)
		tree_file_take(&f->files, rest, take_ptr(e->data), e->len);
	else if ((rest = str_after(e->path, "/usr/share/python-wheels")) != NULL &&
		 str_ends(rest, ".whl"))
		tree_file_take(&f->ready, rest, take_ptr(e->data), e->len);
	else if (str_ends(e->path, "/copyright") && f->copyright == NULL && e->len > 0)
		f->copyright = xstrndup(e->data, e->len);
	return 0;
}

/* Adds "NAME-VERSION-..." to the index: {"name": ["version", ...]}, names as pip
 * compares them (PEP 503). */
static void
add_to_index(json_t *index, const char *wheel)
{
	size_t name_len = strcspn(wheel, "-");
	const char *version = wheel + name_len + (wheel[name_len] == '-');
	cleanup_free char *name = xstrndup(wheel, name_len);
	json_t *versions;

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '_' || *c == '.' ? '-' : (char)tolower((unsigned char)*c);
	versions = json_object_get(index, name);
	if (versions == NULL) {
		versions = json_array();
		json_object_set_new(index, name, versions);
	}
	json_array_append_new(versions, json_stringn(version, strcspn(version, "-")));
}

struct shelf {
	int dir;
	json_t *index;
	struct err *err;
	int failed;
};

static void
put_wheel(struct shelf *s, const char *name, const void *data, size_t len)
{
	if (s->failed == 0)
		s->failed = fd_write_file(s->dir, name, data, len, 0644, s->err);
	add_to_index(s->index, name);
}

static void
put_ready(struct node *n, void *arg)
{
	if (n->type == NODE_FILE)
		put_wheel(arg, n->path + 1, n->data, n->len);
}

static int
put_package(struct shelf *s, struct found *f, struct err *err)
{
	cleanup_buf struct buf zip = BUF_INIT(BUF_OURS);
	cleanup_free char *name = NULL;

	tree_each(&f->ready, put_ready, s);
	if (f->files.root == NULL)
		return s->failed;
	if (wheel_pack(&f->files, f->copyright, &name, &zip, err) < 0)
		return -1;
	put_wheel(s, name, zip.s, zip.len);
	return s->failed;
}

static int
add_package(struct shelf *s, int debs, const struct lock_deb *deb, struct err *err)
{
	struct found f = {.files = TREE_INIT, .ready = TREE_INIT};
	cleanup_fd int fd = dpkg_open(debs, deb, err);
	int r = fd < 0 ? -1 : deb_read(fd, "data", &(struct deb_visit){on_file, &f}, err);

	if (r == 0)
		r = put_package(s, &f, err);
	tree_done(&f.files);
	tree_done(&f.ready);
	free(f.copyright);
	return r < 0 ? err_while(err, "making a wheel of %s", deb->name) : 0;
}

/* A link where that is possible: it takes no room. */
static int
add_added(struct shelf *s, int home, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;

	added_list(home, ADDED_WHEELS, ".whl", &names);
	for (size_t i = 0; i < names.len; i++) {
		cleanup_free char *from = xasprintf(ADDED_WHEELS "/%s", names.v[i]);
		cleanup_buf struct buf data = BUF_INIT(BUF_OURS);

		if (faccessat(s->dir, names.v[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (linkat(home, from, s->dir, names.v[i], 0) == 0)
			add_to_index(s->index, names.v[i]);
		else if (fd_read_file(home, from, &data, err) == 0)
			put_wheel(s, names.v[i], data.s, data.len);
		else
			return -1;
	}
	return s->failed;
}

/* What the wheels are made from: the lock's sum and the form. */
static void
made_from(char out[HASH_HEX + 16])
{
	size_t len;
	const char *text = asset("locks/wheels", &len);

	hash_data(text, len, out);
	snprintf(out + HASH_HEX, 16, ".%d", FORM);
}

bool
wheels_are_made(int home)
{
	char wanted[HASH_HEX + 16];
	cleanup_json json_t *index = json_read_file(home, INDEX, NULL);

	made_from(wanted);
	return index != NULL && str_eq(json_get_str(index, "made-from", ""), wanted) &&
	       faccessat(home, FOLDER, R_OK, 0) == 0;
}

static int
fill(int home, int debs, json_t *index, struct err *err)
{
	cleanup_lock struct lock lock = LOCK_INIT;
	cleanup_fd int dir = -1;
	struct shelf shelf = {.index = index, .err = err};

	if (recipe_load_lock("wheels", &lock, err) < 0)
		return -1;
	if (fd_remove_tree(home, UNFINISHED) < 0 || mkdirat(home, UNFINISHED, 0755) < 0)
		return err_sys(err, "making the folder of wheels");
	dir = openat(home, UNFINISHED, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, "opening the folder of wheels");
	shelf.dir = dir;
	for (size_t i = 0; i < lock.ndebs; i++)
		if (add_package(&shelf, debs, &lock.debs[i], err) < 0)
			return -1;
	return add_added(&shelf, home, err);
}

int
wheels_make(int home, int debs, struct err *err)
{
	char from[HASH_HEX + 16];
	cleanup_json json_t *index = json_object();
	json_t *names = json_object();

	made_from(from);
	json_object_set_new(index, "made-from", json_string(from));
	json_object_set_new(index, "wheels", names);
	if (fill(home, debs, names, err) < 0)
		return -1;
	if (fd_remove_tree(home, FOLDER) < 0 ||
	    renameat(home, UNFINISHED, home, FOLDER) < 0)
		return err_sys(err, "replacing the folder of wheels");
	return json_write_file(home, INDEX, index, 0644, err);
}

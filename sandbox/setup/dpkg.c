/*
 * dpkg.c - see dpkg.h
 */
#include "sandbox/setup/dpkg.h"
#include "sandbox/setup/deb.h"
#include <fcntl.h>
#include <nettle/md5.h>
#include <stdlib.h>
#include <unistd.h>

#define DB "/var/lib/dpkg/"

/* Control files that dpkg keeps as programs. */
static const char *const scripts[] = {"preinst", "postinst", "prerm", "postrm", "config"};

/* One package on its way into the tree. */
struct adding {
	struct dpkg *db;
	struct tree *tree;
	struct buf list;      /* info/NAME.list */
	struct buf conffiles; /* lines of the stanza's Conffiles field */
	char *control;        /* the control file */
	char *info;           /* "/var/lib/dpkg/info/NAME[:ARCH]" */
	struct vec config;    /* paths in the control file `conffiles` */
	struct vec meta;      /* names of the other control files ... */
	char **meta_data;     /* ... and what is in them */
	size_t *meta_len;
};

void
dpkg_done(struct dpkg *db)
{
	buf_done(&db->status);
	buf_done(&db->file_triggers);
	vec_done(&db->triggers);
}

int
dpkg_open(int debs, const struct lock_deb *deb, struct err *err)
{
	int fd = openat(debs, deb->sha256, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err_sys(err, "opening the package %s", deb->name);
	return fd;
}

/* The value of a field of a control file, or "".  Gives. */
static char *
control_field(const char *control, const char *field)
{
	size_t len = strlen(field);

	for (const char *line = control; *line != '\0'; line++) {
		size_t n = strcspn(line, "\n");

		if (strncmp(line, field, len) == 0 && line[len] == ':') {
			cleanup_free char *v = xstrndup(line + len + 1, n - len - 1);

			return xstrdup(str_trim(v));
		}
		line += n;
		if (*line == '\0')
			break;
	}
	return xstrdup("");
}

static int
on_control(void *arg, struct deb_entry *e, struct err *err)
{
	struct adding *a = arg;
	const char *name = path_base(e->path);

	(void)err;
	if (e->type != DEB_FILE)
		return 0;
	if (str_eq(name, "control")) {
		a->control = xstrndup(e->data != NULL ? e->data : "", e->len);
		return 0;
	}
	if (str_eq(name, "conffiles") && e->len > 0) {
		cleanup_free char *text = xstrndup(e->data, e->len);

		vec_split(&a->config, text, "\n");
	}
	vec_add(&a->meta, name);
	a->meta_data = xrealloc(a->meta_data, a->meta.len * sizeof *a->meta_data);
	a->meta_len = xrealloc(a->meta_len, a->meta.len * sizeof *a->meta_len);
	a->meta_data[a->meta.len - 1] = take_ptr(e->data);
	a->meta_len[a->meta.len - 1] = e->len;
	return 0;
}

static void
note_conffile(struct adding *a, const struct deb_entry *e)
{
	unsigned char sum[MD5_DIGEST_SIZE];
	char hex[2 * sizeof sum + 1];
	struct md5_ctx md5;

	if (e->type != DEB_FILE || !vec_has(&a->config, e->path))
		return;
	md5_init(&md5);
	md5_update(&md5, e->len, (const uint8_t *)e->data);
	md5_digest(&md5, sizeof sum, sum);
	str_hex(sum, sizeof sum, hex);
	buf_addf(&a->conffiles, "\n %s %s", e->path, hex);
}

static struct node *
put_node(struct tree *tree, const char *path, const char *target, struct deb_entry *e)
{
	switch (e->type) {
	case DEB_FILE: return tree_file_take(tree, path, take_ptr(e->data), e->len);
	case DEB_LINK: return tree_link(tree, path, target);
	case DEB_HARD: return tree_hard(tree, path, target);
	case DEB_DIR: break;
	}
	return tree_dir(tree, path);
}

static int
on_data(void *arg, struct deb_entry *e, struct err *err)
{
	struct adding *a = arg;
	struct node *n;
	cleanup_free char *path = deb_path(e->path, a->db->merged_usr);
	cleanup_free char *hard =
	    e->type == DEB_HARD ? deb_path(e->target, a->db->merged_usr) : NULL;

	buf_addf(&a->list, "%s\n", str_eq(e->path, "/") ? "/." : e->path);
	note_conffile(a, e);
	n = tree_find(a->tree, path);
	if (dpkg_is_left_out(e->path) ||
	    (e->type == DEB_DIR && n != NULL && n->type == NODE_DIR))
		return 0;
	n = put_node(a->tree, path, hard != NULL ? hard : e->target, e);
	if (n == NULL)
		return err_set(err, ERR_CORRUPT, "%s is a hard link to nothing", path);
	n->mode = e->type == DEB_LINK ? 0777 : e->mode;
	n->uid = e->uid;
	n->gid = e->gid;
	n->mtime = e->mtime < TREE_EPOCH ? e->mtime : TREE_EPOCH;
	return 0;
}

/* "interest[-noawait|-await] NAME" lines of the control file `triggers`. */
static void
note_triggers(struct adding *a, const char *text, size_t len)
{
	cleanup_free char *copy = xstrndup(text, len);
	cleanup_vec struct vec lines = VEC_INIT;
	const char *package = path_base(a->info);

	vec_split(&lines, copy, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		cleanup_vec struct vec words = VEC_INIT;
		const char *how;

		lines.v[i][strcspn(lines.v[i], "#")] = '\0';
		vec_split(&words, lines.v[i], " \t\r");
		if (words.len < 2 || !str_starts(words.v[0], "interest"))
			continue;
		how = str_ends(words.v[0], "-noawait") ? "/noawait" : "";
		if (words.v[1][0] == '/')
			buf_addf(
			    &a->db->file_triggers, "%s %s%s\n", words.v[1], package, how);
		else
			vec_addf(&a->db->triggers, "%s\t%s%s", words.v[1], package, how);
	}
}

static bool
is_script(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		if (str_eq(scripts[i], name))
			return true;
	return false;
}

static void
put_info(struct adding *a)
{
	cleanup_free char *list = xasprintf("%s.list", a->info);

	tree_file(a->tree, list, a->list.s, a->list.len);
	for (size_t i = 0; i < a->meta.len; i++) {
		cleanup_free char *path = xasprintf("%s.%s", a->info, a->meta.v[i]);

		if (str_eq(a->meta.v[i], "triggers"))
			note_triggers(a, a->meta_data[i] != NULL ? a->meta_data[i] : "",
			    a->meta_len[i]);
		tree_file(a->tree, path, a->meta_data[i], a->meta_len[i])->mode =
		    is_script(a->meta.v[i]) ? 0755 : 0644;
	}
}

/* The control file as a stanza of `status`: Status after the first line, Conffiles last.
 */
static void
put_status(struct adding *a)
{
	struct buf *s = &a->db->status;
	size_t first = strcspn(a->control, "\n"), len = strlen(a->control);

	while (len > first && a->control[len - 1] == '\n')
		len--;
	buf_add(s, a->control, first);
	buf_adds(s, "\nStatus: install ok installed");
	buf_add(s, a->control + first, len - first);
	if (a->conffiles.len > 0)
		buf_addf(s, "\nConffiles:%s", a->conffiles.s);
	buf_adds(s, "\n\n");
}

static void
adding_done(struct adding *a)
{
	for (size_t i = 0; i < a->meta.len; i++)
		free(a->meta_data[i]);
	free(a->meta_data);
	free(a->meta_len);
	vec_done(&a->meta);
	vec_done(&a->config);
	buf_done(&a->list);
	buf_done(&a->conffiles);
	free(a->control);
	free(a->info);
}

static int
read_both(struct adding *a, int fd, const struct lock_deb *deb, struct err *err)
{
	cleanup_free char *arch = NULL, *multi = NULL;

	if (deb_read(fd, "control", &(struct deb_visit){on_control, a}, err) < 0)
		return -1;
	if (a->control == NULL)
		return err_set(err, ERR_CORRUPT, "no control file");
	arch = control_field(a->control, "Architecture");
	multi = control_field(a->control, "Multi-Arch");
	a->info = xasprintf(DB "info/%s%s%s", deb->name, str_eq(multi, "same") ? ":" : "",
	    str_eq(multi, "same") ? arch : "");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "rewinding");
	return deb_read(fd, "data", &(struct deb_visit){on_data, a}, err);
}

int
dpkg_add(struct dpkg *db, struct tree *tree, int debs, const struct lock_deb *deb,
    struct err *err)
{
	cleanup_fd int fd = dpkg_open(debs, deb, err);
	__attribute__((cleanup(adding_done))) struct adding a = {.db = db,
	    .tree = tree,
	    .list = BUF_INIT(BUF_OURS),
	    .conffiles = BUF_INIT(BUF_OURS),
	    .config = VEC_INIT,
	    .meta = VEC_INIT};

	if (fd < 0)
		return -1;
	if (read_both(&a, fd, deb, err) < 0)
		return err_while(err, "unpacking the package %s", deb->name);
	put_status(&a);
	put_info(&a);
	return 0;
}

void
dpkg_write(const struct dpkg *db, struct tree *tree)
{
	static const char *const folders[] = {
	    DB "updates", DB "triggers", DB "alternatives", DB "parts", DB "info"};
	static const char *const empty[] = {
	    DB "available", DB "statoverride", DB "status-old", DB "triggers/Unincorp"};

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		tree_dir(tree, folders[i]);
	for (size_t i = 0; i < ARRAY_LEN(empty); i++)
		if (tree_find(tree, empty[i]) == NULL)
			tree_text(tree, empty[i], "");
	if (tree_find(tree, DB "info/format") == NULL) {
		tree_text(tree, DB "info/format", "1\n");
		tree_text(tree, DB "arch", "amd64\n");
	}
	tree_file(tree, DB "status", db->status.s, db->status.len);
	tree_file(tree, DB "triggers/File", db->file_triggers.s, db->file_triggers.len);
	for (size_t i = 0; i < db->triggers.len; i++) {
		cleanup_buf struct buf lines = BUF_INIT(BUF_OURS);
		size_t len = strcspn(db->triggers.v[i], "\t") + 1;
		cleanup_free char *path =
		    xasprintf(DB "triggers/%.*s", (int)len - 1, db->triggers.v[i]);

		for (size_t k = 0; k < db->triggers.len; k++)
			if (strncmp(db->triggers.v[i], db->triggers.v[k], len) == 0)
				buf_addf(&lines, "%s\n", db->triggers.v[k] + len);
		tree_file(tree, path, lines.s, lines.len);
	}
}

/*
 * debian.c - recipe words that stand in for what Debian's scripts compute
 */
#include "sandbox/setup/deb.h"
#include "sandbox/setup/words.h"
#include <unistd.h>

/* A line of a master file with its password field "*" as "x" / as a shadow line. */
static void
add_account(const char *line, struct buf *table, struct buf *shadow, const char *rest)
{
	size_t name = strcspn(line, ":");
	const char *after = line[name] != '\0' ? strchr(line + name + 1, ':') : NULL;

	if (after == NULL)
		return;
	buf_addf(table, "%.*s:x%s\n", (int)name, line, after);
	buf_addf(shadow, "%.*s:*:%s\n", (int)name, line, rest);
}

static int
put_accounts(struct kitchen *k, const char *name, const char *shadow_name,
    const char *shadow_rest, const char *more, struct err *err)
{
	cleanup_free char *master = xasprintf("/usr/share/base-passwd/%s.master", name);
	cleanup_free char *path = xasprintf("/etc/%s", name);
	cleanup_free char *shadow_path = xasprintf("/etc/%s", shadow_name);
	cleanup_buf struct buf table = BUF_INIT(BUF_OURS), shadow = BUF_INIT(BUF_OURS);
	const struct node *from = tree_find(&k->tree, master);
	cleanup_vec struct vec lines = VEC_INIT;
	cleanup_free char *text = NULL;
	struct node *n;

	if (from == NULL || from->data == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", master);
	text = xstrndup(from->data, from->len);
	vec_split(&lines, text, "\n");
	if (more != NULL)
		vec_add(&lines, more);
	for (size_t i = 0; i < lines.len; i++)
		add_account(lines.v[i], &table, &shadow, shadow_rest);
	tree_file(&k->tree, path, table.s, table.len);
	n = tree_file(&k->tree, shadow_path, shadow.s, shadow.len);
	n->mode = 0640;
	n->gid = 42; /* group shadow in Debian's master file */
	return 0;
}

int
word_accounts(struct kitchen *k, const struct recipe_line *line, struct err *err)
{
	const char *more = line->args.len > 1 ? line->args.v[1] : NULL;

	/* Day 19000: the same in every image, as nobody changed a password. */
	if (put_accounts(k, "passwd", "shadow", "19000:0:99999:7:::", more, err) < 0)
		return -1;
	return put_accounts(k, "group", "gshadow", ":", NULL, err);
}

/* The packages' files go below /usr; the links are the recipe's, no package has them. */
int
word_merged_usr(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	static const char *const names[] = {"bin", "sbin", "lib", "lib64"};

	(void)l;
	(void)err;
	k->dpkg.merged_usr = true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		cleanup_free char *from = xasprintf("/%s", names[i]);
		cleanup_free char *to = xasprintf("usr/%s", names[i]);
		cleanup_free char *folder = xasprintf("/%s", to);

		tree_dir(&k->tree, folder);
		tree_link(&k->tree, from, to);
	}
	return 0;
}

struct certificates {
	struct vec paths;
};

static void
collect_certificate(struct node *n, void *arg)
{
	struct certificates *c = arg;

	if (n->type == NODE_FILE && str_starts(n->path, "/usr/share/ca-certificates/") &&
	    str_ends(n->path, ".crt"))
		vec_add(&c->paths, n->path);
}

int
word_certificates(struct kitchen *k, const struct recipe_line *line, struct err *err)
{
	struct certificates c = {VEC_INIT};
	cleanup_buf struct buf list = BUF_INIT(BUF_OURS), bundle = BUF_INIT(BUF_OURS);

	(void)line;
	tree_each(&k->tree, collect_certificate, &c);
	for (size_t i = 0; i < c.paths.len; i++) {
		const struct node *n = tree_find(&k->tree, c.paths.v[i]);
		const char *base = path_base(n->path);
		cleanup_free char *pem = xasprintf("/etc/ssl/certs/%.*s.pem",
		    (int)(strlen(base) - strlen(".crt")), base);

		buf_addf(
		    &list, "%s\n", str_after(n->path, "/usr/share/ca-certificates/"));
		buf_add(&bundle, n->data, n->len);
		if (bundle.len > 0 && bundle.s[bundle.len - 1] != '\n')
			buf_addc(&bundle, '\n');
		tree_link(&k->tree, pem, c.paths.v[i]);
	}
	tree_file(&k->tree, "/etc/ca-certificates.conf", list.s, list.len);
	tree_file(&k->tree, "/etc/ssl/certs/ca-certificates.crt", bundle.s, bundle.len);
	if (c.paths.len == 0)
		err_set(err, ERR_NOT_FOUND, "there are no certificates");
	return vec_done(&c.paths), bundle.len > 0 ? 0 : -1;
}

/* A package's files at other places. */
struct moving {
	struct tree *tree;
	const struct vec *rules; /* "FROM TO" */
	size_t moved;
};

/* Where the rules put the path; NULL: nowhere.  Gives. */
static char *
new_place(const struct vec *rules, const char *path)
{
	for (size_t i = 0; i < rules->len; i++) {
		const char *rule = rules->v[i], *rest;
		size_t len = strcspn(rule, " ");
		cleanup_free char *from = xstrndup(rule, len);
		const char *to = rule + len + strspn(rule + len, " ");

		if (*from == '*' && strstr(path, from + 1) != NULL)
			return NULL;
		if ((rest = str_after(path, from)) == NULL)
			continue;
		return str_eq(to, "-") ? NULL : xasprintf("%s%s", to, rest);
	}
	return NULL;
}

static int
on_moved(void *arg, struct deb_entry *e, struct err *err)
{
	struct moving *m = arg;
	cleanup_free char *to = new_place(m->rules, e->path);
	struct node *n;

	(void)err;
	if (to == NULL || (e->type != DEB_FILE && e->type != DEB_LINK))
		return 0;
	n = e->type == DEB_LINK ? tree_link(m->tree, to, e->target)
				: tree_file_take(m->tree, to, take_ptr(e->data), e->len);
	if (e->type == DEB_FILE)
		n->mode = e->mode;
	n->mtime = e->mtime < TREE_EPOCH ? e->mtime : TREE_EPOCH;
	m->moved++;
	return 0;
}

int
word_unpack(struct kitchen *k, const struct recipe_line *line, struct err *err)
{
	const struct lock_deb *deb = lock_find(&k->lock, line->args.v[1]);
	struct moving m = {&k->tree, &line->body, 0};
	cleanup_fd int fd = deb != NULL ? dpkg_open(k->debs, deb, err) : -1;

	if (deb == NULL)
		return err_set(err, ERR_NOT_FOUND, "%s is in no lock", line->args.v[1]);
	if (fd < 0)
		return -1;
	if (deb_read(fd, "data", &(struct deb_visit){on_moved, &m}, err) < 0)
		return err_while(err, "unpacking the package %s", deb->name);
	if (m.moved == 0)
		return err_set(err, ERR_CORRUPT, "%s has none of these files", deb->name);
	return 0;
}

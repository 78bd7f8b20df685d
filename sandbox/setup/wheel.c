/*
 * wheel.c - a wheel from the files that a Debian package holds
 */
#include "sandbox/setup/wheel.h"
#include <stdlib.h>

/* Of the installed dist-info these say how it was installed, not what it is; the second
 * line is setuptools' older egg-info, whose requires.txt Debian does not keep whole: the
 * packages in the lock that have it need nothing. */
static const char *const not_in_wheels[] = {"RECORD", "INSTALLER", "REQUESTED",
    "direct_url.json", "WHEEL", "SOURCES.txt", "dependency_links.txt", "requires.txt",
    "not-zip-safe", "zip-safe"};

/* Folders that describe a package, and the file in them that names it. */
static const char *const infos[][2] = {
    {".dist-info", "/METADATA"}, {".egg-info", "/PKG-INFO"}};

static const char wheel_text[] = "Wheel-Version: 1.0\n"
				 "Generator: drydock setup\n"
				 "Root-Is-Purelib: true\n"
				 "Tag: py3-none-any\n";

struct packing {
	const struct tree *files;
	char *base; /* "flask-3.1.1" */
	const struct node *metadata;
	char *from, *to; /* dist-info as Debian calls it, as the wheel does */
	struct zip zip;
	struct buf record;
};

static void
find_metadata(struct node *n, void *arg)
{
	struct packing *p = arg;

	for (size_t i = 0; i < ARRAY_LEN(infos) && p->metadata == NULL; i++) {
		cleanup_free char *end = xasprintf("%s%s", infos[i][0], infos[i][1]);
		size_t len = strlen(n->path) - strlen(infos[i][1]);

		if (n->type != NODE_FILE || !str_ends(n->path, end))
			continue;
		p->metadata = n;
		p->from = xstrndup(n->path + 1, len - 1);
	}
}

/* Upstream's spelling of name and version stands in the folder's name. */
static int
find_name(struct packing *p, struct err *err)
{
	tree_each(p->files, find_metadata, p);
	if (p->metadata == NULL)
		return err_set(err, ERR_CORRUPT, "no dist-info with METADATA");
	p->base = xstrndup(p->from, (size_t)(strrchr(p->from, '.') - p->from));
	if (strchr(p->base, '-') == NULL || strchr(p->base, '/') != NULL)
		return err_set(err, ERR_CORRUPT, "%s does not name a package", p->from);
	p->to = xasprintf("%s.dist-info", p->base);
	return 0;
}

static void
put(struct packing *p, const char *name, const void *data, size_t len)
{
	zip_add(&p->zip, name, data, len);
	record_add(&p->record, name, data, len);
}

static bool
is_left_out(const char *base)
{
	for (size_t i = 0; i < ARRAY_LEN(not_in_wheels); i++)
		if (str_eq(not_in_wheels[i], base))
			return true;
	return false;
}

static void
put_file(struct node *n, void *arg)
{
	struct packing *p = arg;
	const char *name = n->path + 1, *in_info = str_after(name, p->from);
	cleanup_free char *renamed = NULL;

	if (n->type != NODE_FILE || str_ends(name, ".so") || strstr(name, "__pycache__/"))
		return;
	if (in_info != NULL && *in_info == '/') {
		if (is_left_out(in_info + 1))
			return;
		renamed = n == p->metadata ? xasprintf("%s/METADATA", p->to)
					   : xasprintf("%s%s", p->to, in_info);
		name = renamed;
	}
	put(p, name, n->data, n->len);
}

static void
put_our_own(struct packing *p, const char *copyright)
{
	cleanup_free char *wheel = xasprintf("%s/WHEEL", p->to);
	cleanup_free char *licence = xasprintf("%s/licenses/copyright", p->to);
	cleanup_free char *record = xasprintf("%s/RECORD", p->to);

	put(p, wheel, wheel_text, strlen(wheel_text));
	if (copyright != NULL)
		put(p, licence, copyright, strlen(copyright));
	buf_addf(&p->record, "%s,,\n", record);
	zip_add(&p->zip, record, p->record.s, p->record.len);
}

int
wheel_pack(const struct tree *files, const char *copyright, char **ret_name,
    struct buf *out, struct err *err)
{
	struct packing p = {
	    .files = files, .zip = ZIP_INIT, .record = BUF_INIT(BUF_OURS)};
	int r = find_name(&p, err);

	if (r == 0) {
		tree_each(files, put_file, &p);
		put_our_own(&p, copyright);
		zip_finish(&p.zip);
		buf_add(out, p.zip.out.s, p.zip.out.len);
		*ret_name = xasprintf("%s-py3-none-any.whl", p.base);
	}
	zip_done(&p.zip);
	buf_done(&p.record);
	free(p.base);
	free(p.from);
	free(p.to);
	return r;
}

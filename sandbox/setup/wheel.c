/*
 * wheel.c - a wheel from the files that a Debian package holds
 */
#include "sandbox/setup/wheel.h"
#include <stdlib.h>

/* Of the installed dist-info these say how it was installed, not what it is. */
static const char *const not_in_wheels[] = {
    "RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "WHEEL"};

static const char wheel_text[] = "Wheel-Version: 1.0\n"
				 "Generator: drydock setup\n"
				 "Root-Is-Purelib: true\n"
				 "Tag: py3-none-any\n";

struct packing {
	const struct tree *files;
	char *name, *version;
	char *from, *to; /* dist-info as Debian calls it, as the wheel does */
	struct zip zip;
	struct buf record;
};

static void
find_metadata(struct node *n, void *arg)
{
	struct packing *p = arg;
	const char *dot = strstr(n->path, ".dist-info/METADATA");

	if (n->type == NODE_FILE && dot != NULL && p->from == NULL)
		p->from = xstrndup(
		    n->path + 1, (size_t)(dot - n->path) - 1 + strlen(".dist-info"));
}

/* The value of a header of METADATA; NULL when missing.  Gives. */
static char *
metadata_field(const struct node *metadata, const char *field)
{
	cleanup_free char *text = xstrndup(metadata->data, metadata->len);
	cleanup_vec struct vec lines = VEC_INIT;

	vec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		const char *rest = str_after(lines.v[i], field);

		if (rest != NULL && *rest == ':')
			return xstrdup(str_trim(lines.v[i] + strlen(field) + 1));
	}
	return NULL;
}

static int
read_metadata(struct packing *p, struct err *err)
{
	cleanup_free char *path = NULL;
	const struct node *n;

	tree_each(p->files, find_metadata, p);
	if (p->from == NULL)
		return err_set(err, ERR_CORRUPT, "no dist-info with METADATA");
	path = xasprintf("/%s/METADATA", p->from);
	n = tree_find(p->files, path);
	if (n->data == NULL || (p->name = metadata_field(n, "Name")) == NULL ||
	    (p->version = metadata_field(n, "Version")) == NULL ||
	    strpbrk(p->name, "/ ") != NULL || strpbrk(p->version, "/ ") != NULL)
		return err_set(err, ERR_CORRUPT, "METADATA names no package");
	for (char *c = p->name; *c != '\0'; c++)
		if (*c == '-' || *c == '.')
			*c = '_';
	p->to = xasprintf("%s-%s.dist-info", p->name, p->version);
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
		renamed = xasprintf("%s%s", p->to, in_info);
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
	int r = read_metadata(&p, err);

	if (r == 0) {
		tree_each(files, put_file, &p);
		put_our_own(&p, copyright);
		zip_finish(&p.zip);
		buf_add(out, p.zip.out.s, p.zip.out.len);
		*ret_name = xasprintf("%s-%s-py3-none-any.whl", p.name, p.version);
	}
	zip_done(&p.zip);
	buf_done(&p.record);
	free(p.name);
	free(p.version);
	free(p.from);
	free(p.to);
	return r;
}

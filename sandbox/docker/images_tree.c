/*
 * images_tree.c - docker images --tree: images by name, with what they take
 *
 * Docker's layout of columns.  Images here are of one platform and kept unpacked: none
 * has branches, and there is no content beside what is on the disk.
 */
#include "sandbox/docker/images.h"
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ID_CELLS = 12, USAGE_CELLS = 10, CONTENT_CELLS = 12, TTY_CELLS = 80 };

static const char untagged[] = "<untagged>";

/* An image's first name: what it is sorted by. */
static char *
name_of(const struct row *r, size_t i)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;

	if (i >= r->tags.len || image_ref_parse(r->tags.v[i], &ref, NULL) < 0)
		return xstrdup(untagged);
	return image_ref_familiar(&ref);
}

static int
by_name(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	cleanup_free char *left = name_of(x, 0), *right = name_of(y, 0);

	if ((x->tags.len == 0) != (y->tags.len == 0))
		return x->tags.len == 0 ? 1 : -1;
	return strcmp(left, right);
}

int
images_tree_refused(const struct opts *o)
{
	static const struct {
		const char *option, *said;
	} others[] = {{"quiet", "quiet"}, {"no-trunc", "no-trunc"},
	    {"digests", "show-digest"}, {"format", "format"}};

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (opts_given(o, others[i].option)) {
			fprintf(stderr, "--%s is not yet supported with --tree\n",
			    others[i].said);
			return 1;
		}
	return 0;
}

static bool
in_use(struct docker *d, const char *image, const struct vec *containers)
{
	for (size_t i = 0; i < containers->len; i++) {
		cleanup_container_config struct container_config *c = NULL;

		if (container_load(d->session, containers->v[i], &c, NULL) == 0 &&
		    str_eq(c->image_id, image))
			return true;
	}
	return false;
}

static void
legend(struct buf *out)
{
	static const char text[] = "i Info →   U  In Use";
	struct winsize size = {0};
	int width = TTY_CELLS;

	if (!isatty(STDOUT_FILENO))
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		width = size.ws_col;
	buf_addf(out, "%*s%s\n", width - (int)str_width(text), "", text);
}

void
images_tree(struct docker *d, struct row *rows, size_t count, struct buf *out)
{
	cleanup_vec struct vec containers = VEC_INIT;
	size_t width = strlen("IMAGE");

	qsort(rows, count, sizeof *rows, by_name);
	(void)container_list(d->session, &containers, NULL);
	for (size_t i = 0; i < count; i++)
		for (size_t t = 0; t == 0 || t < rows[i].tags.len; t++) {
			cleanup_free char *name = name_of(&rows[i], t);

			width = strlen(name) > width ? strlen(name) : width;
		}
	legend(out);
	buf_addf(out, "%-*s   %-*s   %*s   %*s   EXTRA\n", (int)width, "IMAGE", ID_CELLS,
	    "ID", USAGE_CELLS, "DISK USAGE", CONTENT_CELLS, "CONTENT SIZE");
	for (size_t i = 0; i < count; i++) {
		char size[FORMAT_TEXT];

		for (size_t t = 0; t == 0 || t < rows[i].tags.len; t++) {
			cleanup_free char *name = name_of(&rows[i], t);

			buf_addf(out, "%s%-*s", t > 0 ? "\n" : "", (int)width, name);
		}
		format_size((double)rows[i].facts.size, size);
		buf_addf(out, "   %.*s   %*s   %*s   %s\n", ID_CELLS, rows[i].image->id,
		    USAGE_CELLS, size, CONTENT_CELLS, "0B",
		    in_use(d, rows[i].image->id, &containers) ? " U   " : "     ");
	}
}

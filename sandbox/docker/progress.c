/*
 * progress.c - what happens to each layer, on the user's screen
 *
 * Facts: moby, pkg/jsonmessage.  On a terminal every layer has a line, found again by
 * counting up from the last one; on a pipe a state is printed when it changes and counts
 * are not printed at all.
 */
#include "sandbox/docker/remote.h"
#include <stdarg.h>
#include <stdlib.h>

enum { WIDTH_UNKNOWN = 200, WIDTH_BAR = 110, BAR = 50 };

static const char *const words[] = {
    [REGISTRY_PULLING] = "Pulling fs layer",
    [REGISTRY_WAITING] = "Waiting",
    [REGISTRY_DOWNLOADING] = "Downloading",
    [REGISTRY_VERIFYING] = "Verifying Checksum",
    [REGISTRY_DOWNLOADED] = "Download complete",
    [REGISTRY_EXTRACTING] = "Extracting",
    [REGISTRY_PULLED] = "Pull complete",
    [REGISTRY_THERE] = "Already exists",
    [REGISTRY_PREPARING] = "Preparing",
    [REGISTRY_PUSHING] = "Pushing",
    [REGISTRY_PUSHED] = "Pushed",
    [REGISTRY_KNOWN] = "Layer already exists",
    [REGISTRY_MOUNTED] = "Mounted from",
};

struct progress {
	FILE *out;
	bool quiet, tty;
	size_t width;
	struct vec ids; /* one a line, in order */
};

struct progress *
progress_new(const struct docker *d, FILE *out, bool quiet)
{
	struct progress *p = xcalloc(1, sizeof *p);
	unsigned short rows, cols;

	client_size(&rows, &cols);
	p->out = out;
	p->quiet = quiet;
	p->tty = client_is_tty(&d->client, out == stdout ? 'o' : 'e');
	p->width = cols > 0 ? cols : WIDTH_UNKNOWN;
	p->ids = (struct vec)VEC_INIT;
	return p;
}

void
progress_free(struct progress *p)
{
	if (p == NULL)
		return;
	vec_done(&p->ids);
	free(p);
}

void
progress_free_p(struct progress **p)
{
	progress_free(*p);
	*p = NULL;
}

void
progress_line(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	if (p->quiet)
		return;
	va_start(ap, fmt);
	vfprintf(p->out, fmt, ap);
	va_end(ap);
	fputc('\n', p->out);
	fflush(p->out);
	vec_done(&p->ids); /* what stands above is not ours to change any more */
}

/* "[====>     ]  1.2MB/3.6MB" */
static void
print_counts(const struct progress *p, int64_t at, int64_t of)
{
	char done[FORMAT_TEXT], all[FORMAT_TEXT];
	int half = of > 0 ? (int)(at * BAR / of) : 0;

	half = half > BAR ? BAR : half;
	if (p->width > WIDTH_BAR)
		fprintf(p->out, " [%.*s>%*s] ", half,
		    "==================================================", BAR - half, "");
	format_size((double)at, done);
	format_size((double)of, all);
	fprintf(p->out, " %8s/%s", done, all);
}

/* How many lines up from below the last line the layer's is; a new one gets a line. */
static size_t
line_of(struct progress *p, const char *id)
{
	for (size_t i = 0; i < p->ids.len; i++)
		if (str_eq(p->ids.v[i], id))
			return p->ids.len - i;
	vec_add(&p->ids, id);
	fputc('\n', p->out);
	return 1;
}

static void
on_layer(void *arg, const char *id, enum registry_state state, int64_t at, int64_t of,
    const char *from)
{
	struct progress *p = arg;
	bool counts = state == REGISTRY_DOWNLOADING || state == REGISTRY_PUSHING;
	size_t up;

	/* on a pipe only what stands is told; extracting passes */
	if (p->quiet || (!p->tty && (counts || state == REGISTRY_EXTRACTING)))
		return;
	if (!p->tty) {
		fprintf(p->out, "%.12s: %s%s%s\n", id, words[state],
		    from != NULL ? " " : "", from != NULL ? from : "");
		fflush(p->out);
		return;
	}
	up = line_of(p, id);
	fprintf(p->out, "\033[%zuA\r\033[2K%.12s: %s", up, id, words[state]);
	if (from != NULL)
		fprintf(p->out, " %s", from);
	fputc(' ', p->out);
	if (counts)
		print_counts(p, at, of);
	fprintf(p->out, "\r\033[%zuB", up);
	fflush(p->out);
}

struct registry_watch
progress_watch(struct progress *p)
{
	return (struct registry_watch){on_layer, p};
}

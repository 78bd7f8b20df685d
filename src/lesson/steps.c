/*
 * steps.c - sections to steps
 */
#include "src/lesson/sections.h"

char *
section_slice(const struct loader *ld, size_t from, size_t to, size_t part)
{
	char *text = source_slice(&ld->s, from, to, part);
	struct buf b cleanup_buf = BUF_INIT(BUF_OURS);

	for (size_t i = 0; i < ld->s.definitions.len; i++) {
		const char *def = ld->s.definitions.v[i];
		char *label cleanup_free = xstrndup(def, strcspn(def, "]") + 1);

		if (strstr(text, label) != NULL && strstr(text, def) == NULL)
			buf_addf(&b, "\n%s\n", def);
	}
	if (b.len > 0) {
		char *alone cleanup_free = text;

		text = xasprintf("%s%s", alone, b.s);
	}
	return text;
}

/* Titles of the headings above section i, without the lesson's own. */
static void
set_path(const struct loader *ld, size_t i, size_t title, struct vec *path)
{
	int level = ld->sections[i].level;

	for (size_t k = i; k-- > 0;) {
		const struct section *sec = &ld->sections[k];

		if (sec->level == 0 || sec->level >= level)
			continue;
		level = sec->level;
		if (k != title)
			vec_insert(path, 0, sec->title);
	}
}

static void
finish_step(struct loader *ld, size_t i, size_t intro, size_t title)
{
	struct lesson *l = ld->l;
	struct section *sec = &ld->sections[i];
	struct lesson_step *step = &sec->step;

	step->title = xstrdup(*sec->title != '\0' ? sec->title : l->title);
	step->anchor = xstrdup(sec->anchor != NULL ? sec->anchor : "start");
	step->level = sec->level;
	step->line = (int)sec->from + 1;
	step->intro = section_slice(ld, intro, sec->from, 0);
	step->text = section_slice(ld, sec->from, sec->to, 0);
	set_path(ld, i, title, &step->path);
	l->steps = xrealloc(l->steps, (l->nsteps + 1) * sizeof *l->steps);
	l->steps[l->nsteps++] = *step;
	sec->step = step_new();
}

static void
add_anchor(struct lesson *l, const char *anchor, size_t step)
{
	l->anchors = xrealloc(l->anchors, (l->nanchors + 1) * sizeof *l->anchors);
	l->anchors[l->nanchors++] =
	    (struct lesson_anchor){.anchor = xstrdup(anchor), .step = step};
}

/* The parts of a section that is no step go to the next one; nothing is lost. */
static void
hand_on(struct section *from, struct section *to)
{
	struct lesson_step *a = &from->step, *b = &to->step;

	if (a->nparts > 0) {
		a->parts = xrealloc(a->parts, (a->nparts + b->nparts) * sizeof *a->parts);
		for (size_t i = 0; i < b->nparts; i++)
			a->parts[a->nparts + i] = b->parts[i];
		free(b->parts);
		b->parts = take_ptr(a->parts);
		b->nparts += a->nparts;
		a->nparts = 0;
	}
	if (a->nwhens > 0) {
		b->whens = xrealloc(b->whens, (a->nwhens + b->nwhens) * sizeof *b->whens);
		for (size_t i = 0; i < a->nwhens; i++)
			b->whens[b->nwhens++] = a->whens[i];
		free(take_ptr(a->whens));
		a->nwhens = 0;
	}
}

void
steps_make(struct loader *ld, size_t title)
{
	struct lesson *l = ld->l;
	size_t last = ld->n, intro = 0;

	for (size_t i = 0; i < ld->n; i++)
		if (ld->sections[i].is_step)
			last = i;
	if (last == ld->n) {
		/* Nothing to do anywhere: the whole file is one step to read. */
		last = title < ld->n ? title : 0;
		ld->sections[last].to = ld->s.nlines;
		ld->sections[last].is_step = true;
		for (size_t i = last + 1; i < ld->n; i++)
			ld->sections[i].level = 7;
	}
	for (size_t i = 0; i < ld->n; i++) {
		struct section *sec = &ld->sections[i];

		if (sec->anchor != NULL)
			add_anchor(l, sec->anchor, i <= last ? l->nsteps : l->nsteps - 1);
		if (!sec->is_step) {
			if (i < last)
				hand_on(sec, sec + 1);
			continue;
		}
		finish_step(ld, i, intro, title);
		intro = sec->to;
	}
	l->outro = section_slice(ld, intro, ld->s.nlines, 0);
}

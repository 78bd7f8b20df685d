/*
 * sections.h - between load.c, blocks.c and steps.c (private)
 */
#ifndef DRYDOCK_LESSON_SECTIONS_H
#define DRYDOCK_LESSON_SECTIONS_H

#include "src/lesson/part.h"

struct section {
	char *title;
	char *anchor;
	int level;               /* 0: before the first heading */
	size_t from, to;         /* lines, from 0 */
	struct lesson_step step; /* what was found in it, if anything */
	bool is_step;
	bool browser; /* its text speaks of the browser */
};

struct loader {
	struct lesson *l;
	struct source s;
	struct section *sections;
	size_t n;
	struct surroundings around;
};

/* An empty step. */
struct lesson_step step_new(void);
/* The section that holds a line (from 1). */
struct section *section_at(struct loader *ld, int line);
/* Finds where lines, addresses and blocks of the document, section by section. */
void blocks_find(struct loader *ld, struct cmark_node *doc);
/* Hands the parts to the steps of their sections, with their own blocks. */
void blocks_add_parts(struct loader *ld);
/* A slice (see source_slice), with the link definitions of the whole file that it uses.
 */
char *section_slice(const struct loader *ld, size_t from, size_t to, size_t part);
/* Makes steps of the sections; `title` is the section that is the lesson's title. */
void steps_make(struct loader *ld, size_t title);

#endif

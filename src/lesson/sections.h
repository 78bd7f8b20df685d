/*
 * sections.h - between load.c, blocks.c and steps.c (private)
 */
#ifndef DRYDOCK_LESSON_SECTIONS_H
#define DRYDOCK_LESSON_SECTIONS_H

#include "src/lesson/part.h"

/* What belongs together is not farther apart than so many actions. */
enum { ACTIONS_NEAR = 100 };

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

/* What heads the sections of a document: headings, or what stands for them. */
struct implied {
	enum implied_kind {
		IMPLIED_NONE,
		IMPLIED_STEP,
		IMPLIED_BOLD,
		IMPLIED_NUMBER
	} kind;
};

/* How the document marks its sections. */
struct implied implied_find(struct cmark_node *doc);
/* The node after `from` (NULL: the first) that begins a section, or NULL; borrowed. */
struct cmark_node *implied_next(
    const struct implied *im, struct cmark_node *doc, struct cmark_node *from);
/* The title of a section that no heading begins.  Gives. */
char *implied_title(struct cmark_node *node);
/* An empty step. */
struct lesson_step step_new(void);
/* The section that holds a line (from 1). */
struct section *section_at(struct loader *ld, int line);
/* Finds where lines, addresses and blocks of the document, section by section. */
void blocks_find(struct loader *ld, struct cmark_node *doc);
/* A block of code: `info` may be NULL; borrows. */
void block_found(struct loader *ld, const char *info, const char *text, int line);
/* The blocks (<pre>) in HTML that begins on `line`. */
void html_blocks(struct loader *ld, const char *html, int line);
/* Appends an action; takes it. */
void section_action(struct section *sec, struct lesson_action a);
/* Finds the commands that a paragraph asks for in its text; `plain` is that text. */
void spoken_find(struct loader *ld, struct cmark_node *paragraph, const char *plain);
/* A command that stands in the text; borrows. */
void spoken_add(struct loader *ld, const char *command, int line);
/* A paragraph that is a command, or lines of them, without any mark: finds them. */
bool plain_find(struct loader *ld, struct cmark_node *paragraph);
/* Of tabs side by side one counts: ours, or the first. */
void tabs_settle(const struct loader *ld, struct lesson_step *step);
/* All blocks are known: what one of them has is no longer spoken; and who has written
 * expectations says in blocks what is to be done. */
void spoken_settle(const struct loader *ld, struct section *sec);
/* Hands the parts to the steps of their sections, with their own blocks. */
void blocks_add_parts(struct loader *ld);
/* A slice (see source_slice), with the link definitions of the whole file that it uses.
 */
char *section_slice(const struct loader *ld, size_t from, size_t to, size_t part);
/* Makes steps of the sections; `title` is the section that is the lesson's title. */
void steps_make(struct loader *ld, size_t title);

#endif

/*
 * source.h - between source.c, scan.c and repair.c (private)
 */
#ifndef DRYDOCK_LESSON_SOURCE_H
#define DRYDOCK_LESSON_SOURCE_H

#include "src/lesson/part.h"

/* Makes line i blank, marked as cut. */
void source_blank(struct source *s, size_t i);
/* Replaces line i; takes text. */
void source_set(struct source *s, size_t i, char *text);
/* Number of leading blanks. */
size_t source_indent(const char *text);
/* Begins a part at line i; returns its number (from 1). */
size_t source_part_add(
    struct source *s, enum lesson_part_kind kind, const char *title, size_t i);
/* Walks over all lines once: comments, details, fences. */
void source_scan(struct source *s);

/* A code fence on a line. */
struct fence {
	char c;        /* '`' or '~'; 0: no fence */
	size_t length; /* number of them */
	size_t indent; /* column where it begins, behind list markers and quote marks */
	bool in_item;  /* list markers or quote marks stand before it */
	const char *info;
};
/* The fence that opens on the line, c == 0 when there is none. */
struct fence fence_open(const char *line);
/* Does the line close the fence, at whatever indentation? */
bool fence_closes(const struct fence *f, const char *line);
/* The block from..to (the lines of the fences) is put where CommonMark wants it: content
 * and closing fence not left of the opening one.  Returns true when it was wrong. */
bool fence_repair(struct source *s, const struct fence *f, size_t from, size_t to);
/* "{: .language-bash}" below a block becomes its info string. */
void fence_label(struct source *s, size_t from, size_t below);

/* Tabs that are open where the reading is. */
struct tabs {
	size_t group, tab, last; /* see struct source_line; the last number given */
	bool foreign, sharp, colons;
	bool fences; /* each fence is a tab of its own */
};
/* Line i, when it is a mark around tabs, goes or becomes its title; false: it is none. */
bool tabs_line(struct source *s, struct tabs *tabs, size_t i);
/* A tab begins, in the group that is open or a new one. */
void tabs_enter(struct tabs *tabs, const char *title);
/* Is a tab of this title for another system than ours? */
bool tabs_are_foreign(const char *title);

/* MkDocs blocks (!!!, ???, ===): takes the indentation off line i while one is open. */
struct unwrap {
	size_t margin[8]; /* indentation of the headers that are open */
	bool tab[8];
	struct tabs tabs[8];
	size_t part[8]; /* the part that it is, or 0 */
	size_t depth;
	size_t tabs_at; /* margin + 1 of the tabs just closed, 0: none */
};
void unwrap_line(struct source *s, struct unwrap *u, size_t i, bool in_fence);
/* One line on its own: HTML headings to Markdown. */
void repair_line(struct source *s, size_t i);

#endif

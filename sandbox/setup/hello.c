/*
 * hello.c - the program of the image hello-world: x86-64 machine code, a page of it
 *
 * Written out by hand so that the image has the same bytes whatever compiler
 * built Drydock.  Facts: ELF-64 object file format; Linux system calls write (1)
 * and exit (60).
 */
#include "sandbox/setup/assets.h"
#include "sandbox/setup/words.h"
#include <elf.h>

enum { LOAD_AT = 0x400000, FD_STDOUT = 1, NR_WRITE = 1, NR_EXIT = 60 };

struct program {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	struct __attribute__((packed)) {
		unsigned char mov_eax_write;
		uint32_t write;
		unsigned char mov_edi_stdout;
		uint32_t fd;
		unsigned char lea_rsi[3]; /* rsi = next instruction + distance */
		int32_t distance;
		unsigned char mov_edx_len;
		uint32_t len;
		unsigned char syscall1[2];
		unsigned char mov_eax_exit;
		uint32_t exit;
		unsigned char xor_edi[2];
		unsigned char syscall2[2];
	} code;
};

static void
fill_headers(struct program *p, size_t size)
{
	p->header = (Elf64_Ehdr){
	    .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
		EV_CURRENT, ELFOSABI_NONE},
	    .e_type = ET_EXEC,
	    .e_machine = EM_X86_64,
	    .e_version = EV_CURRENT,
	    .e_entry = LOAD_AT + offsetof(struct program, code),
	    .e_phoff = offsetof(struct program, segment),
	    .e_ehsize = sizeof(Elf64_Ehdr),
	    .e_phentsize = sizeof(Elf64_Phdr),
	    .e_phnum = 1,
	};
	p->segment = (Elf64_Phdr){
	    .p_type = PT_LOAD,
	    .p_flags = PF_R | PF_X,
	    .p_vaddr = LOAD_AT,
	    .p_paddr = LOAD_AT,
	    .p_filesz = size,
	    .p_memsz = size,
	    .p_align = 4096,
	};
}

/* The program that prints text. */
static void
make_program(const char *text, size_t len, struct buf *out)
{
	struct program p = {.code = {
				.mov_eax_write = 0xb8,
				.write = NR_WRITE,
				.mov_edi_stdout = 0xbf,
				.fd = FD_STDOUT,
				.lea_rsi = {0x48, 0x8d, 0x35},
				.mov_edx_len = 0xba,
				.len = (uint32_t)len,
				.syscall1 = {0x0f, 0x05},
				.mov_eax_exit = 0xb8,
				.exit = NR_EXIT,
				.xor_edi = {0x31, 0xff},
				.syscall2 = {0x0f, 0x05},
			    }};
	size_t end = offsetof(struct program, code) + sizeof p.code;

	p.code.distance = (int32_t)(end - offsetof(struct program, code.mov_edx_len));
	fill_headers(&p, end + len);
	buf_add(out, &p, end);
	buf_add(out, text, len);
}

int
word_hello(struct kitchen *k, const struct recipe_line *line, struct err *err)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	size_t len;
	const char *text = asset(line->args.v[2], &len);

	if (text == NULL)
		return err_set(
		    err, ERR_NOT_FOUND, "there is no asset %s", line->args.v[2]);
	make_program(text, len, &out);
	tree_file(&k->tree, line->args.v[1], out.s, out.len)->mode = 0755;
	return 0;
}

/*
 * The lab guest's only program: its /init. It dirties memory at a chosen rate, checks that no byte of its memory was
 * lost, writes numbered blocks to its first disk, and says once a second on the console how it fares.
 *
 * Kernel command line (defaults in brackets):
 *   lab.run=HEX        names this start of the guest; stands in every tick and every block [0]
 *   lab.rate=MIB       memory dirtied per second [0]
 *   lab.set=MIB        working set that is dirtied, swept cyclically page by page [32]
 *   lab.check=MIB      read-mostly area, verified in full each second, one page of it rewritten [8]
 *   lab.disk=DEV       block device for the numbered blocks; none when missing
 *   lab.diskrate=N     numbered 4 KiB blocks written per second, in batches that end in fdatasync [100]
 *   lab.span=MIB       part of the disk that is used, cyclically [32]
 *   lab.prefill=1      first write the whole span once as fast as it goes [0]
 *   lab.spoil=N        after tick N change memory behind the workload's back, so that tests can see the checks fail [never]
 *
 * Lines it prints:
 *   READY run=… set=… check=… slots=…
 *   tick n=… run=… dirtied=<KiB in the last second> gap=<longest pause seen from inside, ms> stale=<pages of the working
 *     set that lost a write> bad=<words of the read-mostly area that differ> issued=… acked=… ioerr=…
 *   ack run=… n=<blocks known to be on the disk>
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096UL
#define WORDS (PAGE / 8)
#define MIB (1024UL * 1024UL)
#define SLICE_MS 5
#define BLOCK_MAGIC 0x314b4c424d4cULL  /* "LMBLK1" */
#define HEADER_MAGIC 0x31444845484d4cULL /* "LMHEHD1" */
#define GET_SIZE 0x80081272UL /* BLKGETSIZE64 */
#define COMPRESSED_MODULE 4 /* MODULE_INIT_COMPRESSED_FILE: the kernel unpacks .ko.xz itself */

/* What the disk writer tells the ticker; in memory shared between the processes. */
struct progress {
    volatile uint64_t issued, acked, failures, slots;
};

static char command_line[4096];
static uint64_t run_id;
static struct progress *progress;

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
    while (nanosleep(&t, &t) && errno == EINTR) continue;
}

/* One write per line, so that lines of several processes do not mix. */
static void say(const char *line)
{
    size_t left = strlen(line);
    while (left > 0) {
        ssize_t done = write(1, line, left);
        if (done <= 0) return;
        line += done;
        left -= (size_t)done;
    }
}

static const char *option(const char *key)
{
    static char value[128];
    size_t length = strlen(key);
    char *at = command_line;
    while ((at = strstr(at, key))) {
        if ((at == command_line || at[-1] == ' ') && at[length] == '=') {
            size_t n = strcspn(at + length + 1, " \n");
            if (n >= sizeof value) n = sizeof value - 1;
            memcpy(value, at + length + 1, n);
            value[n] = 0;
            return value;
        }
        at += length;
    }
    return 0;
}

static uint64_t number(const char *key, uint64_t otherwise)
{
    const char *text = option(key);
    return text ? strtoull(text, 0, 10) : otherwise;
}

static void load_module(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) return;
    if (syscall(SYS_finit_module, fd, "", COMPRESSED_MODULE) && errno != EEXIST) {
        char line[256];
        snprintf(line, sizeof line, "module %s: error %d\n", path, errno);
        say(line);
    }
    close(fd);
}

static void *pages(uint64_t bytes, int flags)
{
    void *at = mmap(0, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (at == MAP_FAILED) {
        say("FATAL no memory\n");
        for (;;) sleep_ms(1000);
    }
    return at;
}

/* FNV-1a over 64-bit words; the verifier in TypeScript computes the same. */
static uint64_t checksum(const uint64_t *words, size_t count)
{
    uint64_t sum = 0xcbf29ce484222325ULL;
    while (count--) sum = (sum ^ *words++) * 0x100000001b3ULL;
    return sum;
}

/*
 * A block: magic, run, sequence number, slot, filling made from the sequence number, checksum of all before it. Sequence
 * number s goes to slot s % slots, which is the 4 KiB at (1 + slot) * 4096; block 0 of the disk is the header.
 */
static void fill_block(uint64_t *block, uint64_t sequence, uint64_t slot)
{
    uint64_t value = sequence * 0x9e3779b97f4a7c15ULL + run_id;
    size_t i;
    block[0] = BLOCK_MAGIC;
    block[1] = run_id;
    block[2] = sequence;
    block[3] = slot;
    for (i = 4; i < WORDS - 1; i++) block[i] = value += 0xd1b54a32d192ed03ULL;
    block[WORDS - 1] = checksum(block, WORDS - 1);
}

static int put_block(int fd, uint64_t *block, uint64_t sequence)
{
    uint64_t slot = sequence % progress->slots;
    fill_block(block, sequence, slot);
    progress->issued = sequence + 1;
    return pwrite(fd, block, PAGE, (off_t)((1 + slot) * PAGE)) == (ssize_t)PAGE;
}

#define BATCH 64UL

/* Writes blocks 0 … slots-1 in large pieces; returns when they are on the disk. */
static uint64_t fill_span(int fd)
{
    uint64_t *piece = pages(BATCH * PAGE, MAP_PRIVATE), first = 0, count, i;
    while (first < progress->slots) {
        count = progress->slots - first < BATCH ? progress->slots - first : BATCH;
        for (i = 0; i < count; i++) fill_block(piece + i * WORDS, first + i, first + i);
        progress->issued = first + count;
        if (pwrite(fd, piece, count * PAGE, (off_t)((1 + first) * PAGE)) == (ssize_t)(count * PAGE)) {
            first += count;
        } else {
            progress->failures++;
            sleep_ms(50);
        }
    }
    while (fdatasync(fd)) {
        progress->failures++;
        sleep_ms(50);
    }
    munmap(piece, BATCH * PAGE);
    return first;
}

/* Never returns. A write error is counted and the block is written again: acknowledged means on the disk. */
static void write_blocks(const char *device)
{
    uint64_t *block = pages(PAGE, MAP_PRIVATE);
    uint64_t span = number("lab.span", 32) * MIB, rate = number("lab.diskrate", 100), size = 0, sequence = 0, start;
    char path[64];
    int fd, tries;
    snprintf(path, sizeof path, "/dev/%s", device);
    for (tries = 0; (fd = open(path, O_RDWR | O_DIRECT)) < 0 && tries < 500; tries++) sleep_ms(20);
    if (fd < 0 || ioctl(fd, GET_SIZE, &size) || size < 2 * PAGE) {
        say("FATAL no usable disk\n");
        for (;;) sleep_ms(1000);
    }
    if (span > size) span = size;
    memset(block, 0, PAGE);
    block[0] = HEADER_MAGIC;
    block[1] = run_id;
    block[2] = span / PAGE - 1;
    block[WORDS - 1] = checksum(block, WORDS - 1);
    while (pwrite(fd, block, PAGE, 0) != (ssize_t)PAGE || fdatasync(fd)) {
        progress->failures++;
        sleep_ms(100);
    }
    progress->slots = span / PAGE - 1;
    if (number("lab.prefill", 0)) progress->acked = sequence = fill_span(fd);
    start = now_ms();
    uint64_t first = sequence;
    for (;;) {
        uint64_t due = first + (now_ms() - start) * rate / 1000, from = sequence;
        /* After a pause write on at the asked rate instead of catching up in one burst. */
        if (due > sequence + rate) {
            start = now_ms();
            first = due = sequence;
        }
        while (sequence < due && sequence < from + 64) {
            if (put_block(fd, block, sequence)) {
                sequence++;
            } else {
                progress->failures++;
                sleep_ms(50);
            }
        }
        if (sequence > from) {
            while (fdatasync(fd)) {
                progress->failures++;
                sleep_ms(50);
            }
            progress->acked = sequence;
        }
        sleep_ms(SLICE_MS);
    }
}

/*
 * Sweep k writes k * pages + i + 1 into page i, so the cursor alone tells what each page must hold: a page whose write
 * was lost in a migration is found by comparing, without a second copy of anything.
 */
static uint64_t stale_pages(const uint64_t *set, uint64_t count, uint64_t written)
{
    uint64_t sweep = written / count, cursor = written % count, stale = 0, i;
    for (i = 0; i < count; i++) {
        uint64_t expected = i < cursor ? sweep * count + i + 1 : sweep ? (sweep - 1) * count + i + 1 : 0;
        if (set[i * WORDS] != expected) stale++;
    }
    return stale;
}

/* Page `page` of the read-mostly area after `rewrites` one-page rewrites in turn over `count` pages. */
static uint64_t page_seed(uint64_t page, uint64_t rewrites, uint64_t count)
{
    uint64_t generation = rewrites / count + (page < rewrites % count);
    return (generation * count + page + 1) * 0x9e3779b97f4a7c15ULL;
}

static void write_page(uint64_t *page, uint64_t seed)
{
    size_t i;
    for (i = 0; i < WORDS; i++) page[i] = seed += 0xd1b54a32d192ed03ULL;
}

static uint64_t bad_words(const uint64_t *area, uint64_t count, uint64_t rewrites)
{
    uint64_t bad = 0, page;
    size_t i;
    for (page = 0; page < count; page++) {
        uint64_t seed = page_seed(page, rewrites, count);
        for (i = 0; i < WORDS; i++)
            if (*area++ != (seed += 0xd1b54a32d192ed03ULL)) bad++;
    }
    return bad;
}

/* Never returns: dirties, verifies and reports. */
static void work(void)
{
    uint64_t set_pages = number("lab.set", 32) * MIB / PAGE, check_pages = number("lab.check", 8) * MIB / PAGE;
    uint64_t rate_pages = number("lab.rate", 0) * MIB / PAGE, written = 0, rewrites = 0, ticks = 0, i;
    uint64_t spoil = number("lab.spoil", 0), start, last, slice, gap = 0, written_before = 0, acked_before = 0, next_ack;
    uint64_t *set, *area;
    char line[320];
    if (set_pages == 0) set_pages = 1;
    if (check_pages == 0) check_pages = 1;
    set = pages(set_pages * PAGE, MAP_PRIVATE);
    area = pages(check_pages * PAGE, MAP_PRIVATE);
    for (i = 0; i < check_pages; i++) write_page(area + i * WORDS, page_seed(i, 0, check_pages));
    snprintf(line, sizeof line, "READY run=%llx set=%llu check=%llu slots=%llu\n", (unsigned long long)run_id,
             (unsigned long long)set_pages, (unsigned long long)check_pages, (unsigned long long)progress->slots);
    say(line);
    start = last = now_ms();
    next_ack = start;
    for (slice = 0;; slice++) {
        uint64_t now, due;
        sleep_ms(SLICE_MS);
        now = now_ms();
        if (now - last > gap) gap = now - last;
        /* The share of this second that is over; after a long pause the rate continues, nothing is caught up. */
        due = written_before + rate_pages * (now - start < 1000 ? now - start : 1000) / 1000;
        for (; written < due; written++) set[written % set_pages * WORDS] = written + 1;
        if (progress->acked != acked_before && now >= next_ack) {
            acked_before = progress->acked;
            next_ack = now + 200;
            snprintf(line, sizeof line, "ack run=%llx n=%llu\n", (unsigned long long)run_id,
                     (unsigned long long)acked_before);
            say(line);
        }
        if (now - start >= 1000) {
            uint64_t stale = stale_pages(set, set_pages, written), bad = bad_words(area, check_pages, rewrites);
            uint64_t acked = progress->acked;
            snprintf(line, sizeof line,
                     "tick n=%llu run=%llx dirtied=%llu gap=%llu stale=%llu bad=%llu issued=%llu acked=%llu ioerr=%llu\n",
                     (unsigned long long)++ticks, (unsigned long long)run_id,
                     (unsigned long long)((written - written_before) * 4 * 1000 / (now - start)),
                     (unsigned long long)gap, (unsigned long long)stale, (unsigned long long)bad,
                     (unsigned long long)progress->issued, (unsigned long long)acked,
                     (unsigned long long)progress->failures);
            say(line);
            write_page(area + rewrites % check_pages * WORDS,
                       page_seed(rewrites % check_pages, rewrites + 1, check_pages));
            rewrites++;
            if (ticks == spoil) {
                set[0] ^= 1;
                area[3] ^= 1;
            }
            written_before = written;
            gap = 0;
            start = now;
            last = now_ms();
            continue;
        }
        last = now_ms();
    }
}

int main(void)
{
    const char *text;
    int fd;
    mkdir("/proc", 0755);
    mkdir("/dev", 0755);
    mount("proc", "/proc", "proc", 0, 0);
    mount("devtmpfs", "/dev", "devtmpfs", 0, 0);
    fd = open("/dev/console", O_RDWR);
    if (fd >= 0) {
        dup2(fd, 0);
        dup2(fd, 1);
        dup2(fd, 2);
    }
    fd = open("/proc/cmdline", O_RDONLY);
    if (fd < 0 || read(fd, command_line, sizeof command_line - 1) <= 0) say("FATAL no command line\n");
    text = option("lab.run");
    run_id = text ? strtoull(text, 0, 16) : 0;
    load_module("/modules/virtio_blk.ko.xz");
    load_module("/modules/failover.ko.xz");
    load_module("/modules/net_failover.ko.xz");
    load_module("/modules/virtio_net.ko.xz");
    progress = pages(PAGE, MAP_SHARED);
    /*
     * A process that wakes every 5 ms: QEMU 7.2's TCG loses dirty pages of a guest that never switches address spaces,
     * because TLB entries survive a dirty-log sync. With this one it does not.
     */
    if (fork() == 0)
        for (;;) sleep_ms(SLICE_MS);
    text = option("lab.disk");
    if (text) {
        char device[32];
        snprintf(device, sizeof device, "%s", text);
        if (fork() == 0) write_blocks(device);
    }
    work();
    return 0;
}

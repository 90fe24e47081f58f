/*
 * Carries Ethernet frames between two interfaces as a bad line does: each later by a chance, some lost, all held now and
 * then. The order of each direction stays. The kernel of a build machine may have no netem.
 *
 *   forwarder SEED DELAY_MS JITTER_MS LOSS_PERCENT HOLD_EVERY_MS HOLD_MS NIC_A NIC_B
 *
 * Ends with its standard input, and then prints how many frames it carried and lost.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_BYTES 2048
#define MOST_WAITING 4096

struct frame {
  double due_ms;
  int length;
  unsigned char bytes[MOST_BYTES];
};

/* Frames on their way out of one interface. */
struct direction {
  int in, out;
  unsigned head, tail;
  double last_due_ms;
  struct frame *waiting;
};

static uint64_t state;

/* xorshift64*: the same seed, the same weather. */
static double chance(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (double)((state * 2685821657736338717ULL) >> 11) / 9007199254740992.0;
}

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000.0 + t.tv_nsec / 1e6;
}

static int open_nic(const char *name) {
  int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  struct sockaddr_ll at = {0};
  struct packet_mreq all = {0};
  at.sll_family = AF_PACKET;
  at.sll_protocol = htons(ETH_P_ALL);
  at.sll_ifindex = all.mr_ifindex = if_nametoindex(name);
  all.mr_type = PACKET_MR_PROMISC;
  if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
      setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) != 0) {
    perror(name);
    exit(1);
  }
  return fd;
}

/* A virtual interface leaves the checksum to hardware that is not there; over IPv4 a UDP packet may do without. */
static void drop_udp_checksum(unsigned char *b, int length) {
  int header = 14 + (b[14] & 15) * 4;
  int is_first = ((b[20] & 0x1f) | b[21]) == 0;
  if (length > header + 8 && b[12] == 8 && b[13] == 0 && b[23] == 17 && is_first) b[header + 6] = b[header + 7] = 0;
}

int main(int argc, char **argv) {
  if (argc != 9) return 2;
  state = strtoull(argv[1], NULL, 10) * 2654435769u + 1;
  double delay = atof(argv[2]), jitter = atof(argv[3]), loss = atof(argv[4]) / 100;
  double hold_every = atof(argv[5]), hold = atof(argv[6]);
  int nics[2] = {open_nic(argv[7]), open_nic(argv[8])};
  struct direction ways[2];
  unsigned long carried = 0, lost = 0;
  for (int i = 0; i < 2; i++)
    ways[i] = (struct direction){nics[i], nics[1 - i], 0, 0, 0, calloc(MOST_WAITING, sizeof(struct frame))};
  double start = now_ms();
  puts("carrying");
  fflush(stdout);
  for (;;) {
    double now = now_ms(), next = 1000;
    for (int i = 0; i < 2; i++) {
      struct direction *way = &ways[i];
      while (way->head != way->tail && way->waiting[way->head % MOST_WAITING].due_ms <= now) {
        struct frame *f = &way->waiting[way->head++ % MOST_WAITING];
        if (send(way->out, f->bytes, f->length, 0) == f->length) carried++;
      }
      if (way->head != way->tail) {
        double left = way->waiting[way->head % MOST_WAITING].due_ms - now;
        if (left < next) next = left;
      }
    }
    struct pollfd polls[3] = {{nics[0], POLLIN, 0}, {nics[1], POLLIN, 0}, {0, POLLIN, 0}};
    poll(polls, 3, next < 1 ? 1 : (int)next);
    char end;
    if (polls[2].revents && read(0, &end, 1) <= 0) break;
    for (int i = 0; i < 2; i++) {
      struct direction *way = &ways[i];
      if (!(polls[i].revents & POLLIN)) continue;
      struct sockaddr_ll from;
      socklen_t size = sizeof from;
      struct frame *f = &way->waiting[way->tail % MOST_WAITING];
      f->length = recvfrom(way->in, f->bytes, MOST_BYTES, 0, (struct sockaddr *)&from, &size);
      if (f->length < 34 || from.sll_pkttype == PACKET_OUTGOING) continue;
      if (chance() < loss || way->tail - way->head == MOST_WAITING - 1) {
        lost++;
        continue;
      }
      drop_udp_checksum(f->bytes, f->length);
      now = now_ms();
      f->due_ms = now + delay + (2 * chance() - 1) * jitter;
      double into = (double)((uint64_t)(now - start) % (uint64_t)hold_every);
      if (into < hold) f->due_ms += hold - into;
      if (f->due_ms < way->last_due_ms) f->due_ms = way->last_due_ms;
      way->last_due_ms = f->due_ms;
      way->tail++;
    }
  }
  printf("carried %lu, lost %lu\n", carried, lost);
  return 0;
}

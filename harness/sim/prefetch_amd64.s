#include "textflag.h"

// func prefetch(from, to uintptr)
TEXT ·prefetch(SB), NOSPLIT, $0-16
	MOVQ from+0(FP), AX
	MOVQ to+8(FP), BX
	ANDQ $-64, AX
	JMP  check
line:
	PREFETCHT0 (AX)
	ADDQ $64, AX
check:
	CMPQ AX, BX
	JB   line
	RET

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET

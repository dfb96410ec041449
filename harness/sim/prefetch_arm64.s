#include "textflag.h"

// func prefetch(from, to uintptr)
TEXT ·prefetch(SB), NOSPLIT, $0-16
	MOVD from+0(FP), R0
	MOVD to+8(FP), R1
	AND  $~63, R0
	B    check
line:
	PRFM (R0), PLDL1KEEP
	ADD  $64, R0
check:
	CMP R1, R0
	BLO line
	RET

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVD g, R0
	MOVD R0, ret+0(FP)
	RET

package io.allium.crypto;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/**
 * Turns a HashX program into a hidden class whose one method has the registers in local variables and an instruction of the JVM
 * for each of the program's. Nothing but its instance refers to the class, which the collector takes with it. Confined to the
 * call.
 *
 * <p>The JVM has still to compile it, in the background and when it has seen it often enough; whether that pays is in
 * docs/decisions/0013.
 */
final class HashXCompiler {
    private static final ClassDesc NAME = ClassDesc.of("io.allium.crypto.HashXCode");
    private static final ClassDesc BODY = ClassDesc.of("io.allium.crypto.HashXBody");
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final ClassDesc LONG = ClassDesc.of("java.lang.Long");
    private static final MethodTypeDesc RUN = MethodTypeDesc.of(CD_void, CD_long.arrayType());
    private static final MethodTypeDesc OF_TWO = MethodTypeDesc.of(CD_long, CD_long, CD_long);
    private static final MethodTypeDesc ROTATION = MethodTypeDesc.of(CD_long, CD_long, CD_int);

    // The method's variables: the array, then eight longs of two places each, then two ints.
    private static final int ARRAY = 1;
    private static final int FIRST_REGISTER = 2;
    private static final int UPPER_HALF = FIRST_REGISTER + 2 * HashXProgram.REGISTERS;
    private static final int MAY_BRANCH = UPPER_HALF + 1;

    private final HashXProgram program;
    private final CodeBuilder code;
    private Label target;

    private HashXCompiler(HashXProgram program, CodeBuilder code) {
        this.program = program;
        this.code = code;
        target = code.startLabel();
    }

    /** The program, which may be written anew afterwards, as a class of its own. */
    static HashXBody compile(HashXProgram program) {
        byte[] bytes = ClassFile.of()
                .build(
                        NAME,
                        type -> type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                                .withInterfaceSymbols(BODY)
                                .withMethodBody(
                                        INIT_NAME,
                                        MTD_void,
                                        0,
                                        constructor -> constructor
                                                .aload(0)
                                                .invokespecial(CD_Object, INIT_NAME, MTD_void)
                                                .return_())
                                .withMethodBody(
                                        "run",
                                        RUN,
                                        ClassFile.ACC_PUBLIC,
                                        run -> new HashXCompiler(program, run).write()));
        try {
            Class<?> hidden =
                    MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass();
            return (HashXBody) hidden.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException never) {
            throw new IllegalStateException("A HashX program that the JVM does not take", never);
        }
    }

    private void write() {
        for (int register = 0; register < HashXProgram.REGISTERS; register++) {
            code.aload(ARRAY).loadConstant(register).laload().lstore(variable(register));
        }
        code.iconst_0().istore(UPPER_HALF).iconst_1().istore(MAY_BRANCH);
        target = code.newBoundLabel();
        for (int i = 0; i < HashXProgram.LENGTH; i++) {
            instruction(i);
        }
        for (int register = 0; register < HashXProgram.REGISTERS; register++) {
            code.aload(ARRAY).loadConstant(register).lload(variable(register)).lastore();
        }
        code.return_();
    }

    private void instruction(int at) {
        HashXOperation operation = program.operation(at);
        int constant = program.constant(at);
        switch (operation) {
            case TARGET -> target = code.newBoundLabel();
            case BRANCH -> branch(constant);
            case MULTIPLY_HIGH_UNSIGNED, MULTIPLY_HIGH_SIGNED, MULTIPLY, SUBTRACT, XOR, ADD_SHIFTED -> {
                int to = variable(program.destination(at));
                code.lload(to).lload(variable(program.source(at)));
                ofTwo(operation, constant);
                code.lstore(to);
                if (operation.isWideMultiplication()) {
                    code.lload(to).l2i().istore(UPPER_HALF);
                }
            }
            case ROTATE, ADD_CONSTANT, XOR_CONSTANT -> {
                int to = variable(program.destination(at));
                code.lload(to);
                withConstant(operation, constant);
                code.lstore(to);
            }
        }
    }

    private void ofTwo(HashXOperation operation, int constant) {
        switch (operation) {
            case MULTIPLY_HIGH_UNSIGNED -> code.invokestatic(MATH, "unsignedMultiplyHigh", OF_TWO);
            case MULTIPLY_HIGH_SIGNED -> code.invokestatic(MATH, "multiplyHigh", OF_TWO);
            case MULTIPLY -> code.lmul();
            case SUBTRACT -> code.lsub();
            case XOR -> code.lxor();
            case ADD_SHIFTED -> code.loadConstant(constant).lshl().ladd();
            case ROTATE, ADD_CONSTANT, XOR_CONSTANT, TARGET, BRANCH ->
                throw new IllegalStateException(operation.name());
        }
    }

    private void withConstant(HashXOperation operation, int constant) {
        switch (operation) {
            case ROTATE -> code.loadConstant(constant).invokestatic(LONG, "rotateRight", ROTATION);
            case ADD_CONSTANT -> code.loadConstant((long) constant).ladd();
            case XOR_CONSTANT -> code.loadConstant((long) constant).lxor();
            case MULTIPLY_HIGH_UNSIGNED, MULTIPLY_HIGH_SIGNED, MULTIPLY, SUBTRACT, XOR, ADD_SHIFTED, TARGET, BRANCH ->
                throw new IllegalStateException(operation.name());
        }
    }

    private void branch(int mask) {
        Label on = code.newLabel();
        code.iload(MAY_BRANCH).ifeq(on);
        code.iload(UPPER_HALF).loadConstant(mask).iand().ifne(on);
        code.iconst_0().istore(MAY_BRANCH).goto_(target).labelBinding(on);
    }

    private static int variable(int register) {
        return FIRST_REGISTER + 2 * register;
    }
}

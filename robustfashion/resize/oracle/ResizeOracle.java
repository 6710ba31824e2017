import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.AffineTransformOp;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * What the JDK itself, and image libraries for Java, make of a picture. Runs of many jobs share one JVM; a job is one line of
 * a tab-separated file. Results go to standard output: int32 height, width, bands (3 or 4), then that many bytes a pixel.
 *
 *   resize JOBS       METHOD SOURCE HEIGHT WIDTH        the result's samples as stored, gray repeated: no colour conversion
 *   decode JOBS       SOURCE                            the same, as ImageIO.read gives it
 *   paint JOBS        SOURCE                            the same, drawn on TYPE_INT_RGB: converted to sRGB
 *   encode JOBS       SOURCE QUALITY TARGET.jpg         QUALITY "default" means ImageIO.write
 *   bench ROUNDS JOBS METHOD SOURCE HEIGHT WIDTH        prints method, milliseconds (median) for each job: the jobs take turns,
 *                                                       each turn is one untimed call and TURN timed ones
 *
 * SOURCE is a picture that ImageIO reads, or int32 height, int32 width, samples in a file named .raw, .rgb, .rgba or .gray:
 * these become TYPE_3BYTE_BGR (in which ImageIO hands out JPEGs), TYPE_INT_RGB, TYPE_INT_ARGB and TYPE_BYTE_GRAY. The methods
 * of libraries are in classes of their own beside this one, compiled where the library's jar is there.
 */
public class ResizeOracle {
    static final int TURN = 3;
    static final int WARM_UP = 15;
    static final String[] LIBRARIES = {"ThumbnailatorMethods", "ImgscalrMethods", "TwelveMonkeysMethods"};

    interface Method {
        Image apply(BufferedImage source, int height, int width) throws Exception;
    }

    static final Map<String, Method> METHODS = new LinkedHashMap<>();

    static {
        Map<String, Object> hints = new LinkedHashMap<>();
        hints.put("nearest", RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        hints.put("bilinear", RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        hints.put("bicubic", RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        hints.forEach((name, hint) -> {
            METHODS.put("java2d." + name, (s, h, w) -> draw(s, h, w, hint));
            METHODS.put("halving." + name, (s, h, w) -> halve(s, h, w, hint));
        });
        METHODS.put("java_image.smooth", (s, h, w) -> s.getScaledInstance(w, h, Image.SCALE_SMOOTH));
        METHODS.put("java_image.replicate", (s, h, w) -> s.getScaledInstance(w, h, Image.SCALE_REPLICATE));
        METHODS.put("affine_op.nearest", (s, h, w) -> affine(s, h, w, AffineTransformOp.TYPE_NEAREST_NEIGHBOR));
        METHODS.put("affine_op.bilinear", (s, h, w) -> affine(s, h, w, AffineTransformOp.TYPE_BILINEAR));
        METHODS.put("affine_op.bicubic", (s, h, w) -> affine(s, h, w, AffineTransformOp.TYPE_BICUBIC));
    }

    /** An empty image of the kind that users make for this source. */
    static BufferedImage target(BufferedImage source, int height, int width) {
        boolean opaque = !source.getColorModel().hasAlpha();
        return new BufferedImage(width, height, opaque ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_INT_ARGB);
    }

    static BufferedImage draw(BufferedImage source, int height, int width, Object hint) {
        BufferedImage target = target(source, height, width);
        Graphics2D graphics = target.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, hint);
        graphics.drawImage(source, 0, 0, width, height, null);
        graphics.dispose();
        return target;
    }

    /** Sides are halved, never below the target, and drawn each time, until the target is reached. */
    static BufferedImage halve(BufferedImage source, int height, int width, Object hint) {
        BufferedImage image = source;
        do {
            int h = image.getHeight() > height ? Math.max(image.getHeight() / 2, height) : height;
            int w = image.getWidth() > width ? Math.max(image.getWidth() / 2, width) : width;
            image = draw(image, h, w, hint);
        } while (image.getHeight() != height || image.getWidth() != width);
        return image;
    }

    static BufferedImage affine(BufferedImage source, int height, int width, int type) {
        double x = width / (double) source.getWidth(), y = height / (double) source.getHeight();
        return new AffineTransformOp(AffineTransform.getScaleInstance(x, y), type).filter(source, null);
    }

    /** The method's result on an image of its own. */
    static BufferedImage resize(String method, BufferedImage source, int height, int width) throws Exception {
        Method function = METHODS.get(method);
        if (function == null) throw new IllegalArgumentException("no method " + method);
        Image result = function.apply(source, height, width);
        if (result instanceof BufferedImage) return (BufferedImage) result;
        BufferedImage target = target(source, height, width);
        Graphics2D graphics = target.createGraphics();
        graphics.drawImage(result, 0, 0, null);
        graphics.dispose();
        return target;
    }

    static final Map<String, Integer> TYPES = new LinkedHashMap<>();

    static {
        TYPES.put("raw", BufferedImage.TYPE_3BYTE_BGR);
        TYPES.put("rgb", BufferedImage.TYPE_INT_RGB);
        TYPES.put("rgba", BufferedImage.TYPE_INT_ARGB);
        TYPES.put("gray", BufferedImage.TYPE_BYTE_GRAY);
    }

    static BufferedImage load(String path) throws IOException {
        Integer type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        if (type == null) {
            BufferedImage image = ImageIO.read(new File(path));
            if (image == null) throw new IOException("ImageIO cannot read " + path);
            return image;
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(Path.of(path)))) {
            int height = in.readInt(), width = in.readInt();
            byte[] bytes = in.readAllBytes();
            BufferedImage image = new BufferedImage(width, height, type);
            int[] row = new int[image.getRaster().getNumBands() * width];
            for (int y = 0; y < height; y++) {
                for (int i = 0; i < row.length; i++) row[i] = bytes[y * row.length + i] & 0xff;
                image.getRaster().setPixels(0, y, width, 1, row);
            }
            return image;
        }
    }

    /** Samples as stored, gray repeated; alpha only where the source had it. */
    static void emit(BufferedImage image, boolean alpha, DataOutputStream out) throws IOException {
        int width = image.getWidth(), bands = image.getRaster().getNumBands(), emitted = alpha ? 4 : 3;
        out.writeInt(image.getHeight());
        out.writeInt(width);
        out.writeInt(emitted);
        byte[] line = new byte[emitted * width];
        int[] row = new int[bands * width];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++)
                for (int c = 0; c < emitted; c++) line[emitted * x + c] = (byte) row[bands * x + (bands < 3 ? 0 : c)];
            out.write(line);
        }
    }

    static BufferedImage paint(BufferedImage image) {
        BufferedImage target = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = target.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return target;
    }

    static void encode(BufferedImage image, String quality, File target) throws IOException {
        if (quality.equals("default")) {
            if (!ImageIO.write(image, "jpg", target)) throw new IOException("no writer for " + target);
            return;
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(Float.parseFloat(quality));
        try (ImageOutputStream out = ImageIO.createImageOutputStream(target)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        }
        writer.dispose();
    }

    static void bench(int rounds, List<String[]> jobs) throws Exception {
        List<BufferedImage> sources = new ArrayList<>();
        for (String[] job : jobs) sources.add(load(job[1]));
        double[][] milliseconds = new double[jobs.size()][rounds * TURN];
        for (int round = -WARM_UP; round < rounds; round++)
            for (int j = 0; j < jobs.size(); j++)
                for (int turn = -1; turn < TURN; turn++) {
                    String[] job = jobs.get(j);
                    long start = System.nanoTime();
                    resize(job[0], sources.get(j), Integer.parseInt(job[2]), Integer.parseInt(job[3]));
                    if (round >= 0 && turn >= 0) milliseconds[j][round * TURN + turn] = (System.nanoTime() - start) / 1e6;
                }
        for (int j = 0; j < jobs.size(); j++) {
            Arrays.sort(milliseconds[j]);
            System.out.printf(Locale.ROOT, "%s\t%.5f%n", jobs.get(j)[0], milliseconds[j][rounds * TURN / 2]);
        }
    }

    static List<String[]> jobs(String path) throws IOException {
        List<String[]> jobs = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(path))) jobs.add(line.split("\t"));
        return jobs;
    }

    static void run(String command, String[] job, DataOutputStream out) throws Exception {
        BufferedImage source = load(job[command.equals("resize") ? 1 : 0]);
        switch (command) {
            case "resize":
                BufferedImage result = resize(job[0], source, Integer.parseInt(job[2]), Integer.parseInt(job[3]));
                emit(result, source.getColorModel().hasAlpha(), out);
                break;
            case "decode":
                emit(source, false, out);
                break;
            case "paint":
                emit(paint(source), false, out);
                break;
            case "encode":
                encode(source, job[1], new File(job[2]));
                break;
            default:
                throw new IllegalArgumentException(command);
        }
    }

    @SuppressWarnings("unchecked")
    static void addLibraries() throws Exception {
        for (String name : LIBRARIES) {
            try {
                METHODS.putAll((Map<String, Method>) Class.forName(name).getDeclaredField("METHODS").get(null));
            } catch (ClassNotFoundException error) {
                continue; // its jar is not there
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        ImageIO.setUseCache(false);
        addLibraries();
        if (arguments[0].equals("bench")) {
            bench(Integer.parseInt(arguments[1]), jobs(arguments[2]));
            return;
        }
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 18))) {
            for (String[] job : jobs(arguments[1])) run(arguments[0], job, out);
        }
    }
}
